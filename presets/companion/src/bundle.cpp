#include "bundle.h"

// The assembler reads the file; a byte array in C++ would take the compiler minutes.
asm(R"(
    .section .rodata
    .balign 16
    .global edgewise_bundle_begin
edgewise_bundle_begin:
    .incbin ")" EDGEWISE_BUNDLE R"("
    .global edgewise_bundle_end
edgewise_bundle_end:
    .byte 0
    .global edgewise_revision_begin
edgewise_revision_begin:
    .incbin ")" EDGEWISE_BUNDLE R"(.revision"
    .global edgewise_revision_end
edgewise_revision_end:
    .byte 0
    .text
)");

extern "C" const char edgewise_bundle_begin[];
extern "C" const char edgewise_bundle_end[];
extern "C" const char edgewise_revision_begin[];
extern "C" const char edgewise_revision_end[];

namespace edgewise {

namespace {

std::string_view between(const char* begin, const char* end) { return {begin, static_cast<std::size_t>(end - begin)}; }

}  // namespace

std::string_view bundled_presets() { return between(edgewise_bundle_begin, edgewise_bundle_end); }

std::string_view bundled_revision() { return between(edgewise_revision_begin, edgewise_revision_end); }

}  // namespace edgewise
