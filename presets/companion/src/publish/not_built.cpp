// In the place of publish.cpp and catalog_build.cpp where there is no libcrypto.
#include "commands.h"

namespace edgewise {

namespace {

int not_built(std::ostream& err) {
  report(
      {{"not_built", "", "this binary was built without libcrypto (Debian: libssl-dev): publishing is not built in"}},
      err);
  return failure;
}

}  // namespace

int run_publish(Request&, std::ostream&, std::ostream& err) { return not_built(err); }
int run_catalog_build(Request&, std::ostream&, std::ostream& err) { return not_built(err); }

}  // namespace edgewise
