#pragma once

// The only place that names Catch2's headers.
#include <catch2/catch.hpp>
