#pragma once

namespace genflik::app {

/// Runs the program: reads the command line and hands over to the subcommand. Returns the exit
/// code: 0 done, 1 refused input, 2 usage, 3 internal.
int RunCommandLine(int argc, char** argv);

}  // namespace genflik::app
