#include "services/app/cli.h"

namespace genflik::app {

int RunCommandLine(int /*argc*/, char** /*argv*/) { return 2; }

}  // namespace genflik::app
