// In the place of publish.cpp and catalog_build.cpp where there is no libcrypto.
#include "errors.h"
#include "publish.h"

namespace edgewise {

namespace {

int not_built(std::ostream& err) {
  return fail(
      {{"not_built", "", "this binary was built without libcrypto (Debian: libssl-dev): publishing is not built in"}},
      err);
}

}  // namespace

int run_publish(const PublishRequest&, std::ostream&, std::ostream& err) { return not_built(err); }
int run_catalog_build(const CatalogRequest&, std::ostream&, std::ostream& err) { return not_built(err); }

}  // namespace edgewise
