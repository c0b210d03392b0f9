#define CATCH_CONFIG_MAIN
#include "prelude.hpp"
