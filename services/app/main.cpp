#include "services/app/cli.h"

int main(int argc, char** argv) { return genflik::app::RunCommandLine(argc, argv); }
