#pragma once

namespace CLI {
class App;
}  // namespace CLI

namespace genflik::app {

/// `genflik call FILE`: a VCF, or evidence kept from one, to diplotypes and phenotypes.
void AddCallCommand(CLI::App& app, int& exit_code);

}  // namespace genflik::app
