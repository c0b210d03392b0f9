# The companion as it is installed, component "companion": with what it says of itself, as manual pages and completion, and, in a
# release, the notices of what it is made of (.ci/release). CPack makes the Debian package of it.
include(GNUInstallDirs)
set(manual ${CMAKE_BINARY_DIR}/manual)
set(completion ${CMAKE_BINARY_DIR}/completion)
# With SOURCE_DATE_EPOCH the day of that.
string(TIMESTAMP day "%Y-%m-%d" UTC)
find_program(GZIP gzip REQUIRED)
add_custom_command(
  OUTPUT ${manual}.stamp
  COMMAND ${CMAKE_COMMAND} -E rm -rf ${manual} ${completion}
  COMMAND ${CMAKE_COMMAND} -E make_directory ${completion}
  COMMAND edgewise man --output ${manual} --date ${day}
  COMMAND sh -c "'${GZIP}' -9n '${manual}'/*"
  COMMAND edgewise completion bash > ${completion}/edgewise
  COMMAND edgewise completion zsh > ${completion}/_edgewise
  COMMAND edgewise completion fish > ${completion}/edgewise.fish
  COMMAND ${CMAKE_COMMAND} -E touch ${manual}.stamp
  DEPENDS edgewise
  COMMENT "Writing manual pages and completion"
  VERBATIM)
add_custom_target(edgewise_manual ALL DEPENDS ${manual}.stamp)

install(TARGETS edgewise COMPONENT companion)
install(DIRECTORY ${manual}/ DESTINATION ${CMAKE_INSTALL_MANDIR}/man1 COMPONENT companion)
install(FILES ${completion}/edgewise DESTINATION ${CMAKE_INSTALL_DATADIR}/bash-completion/completions COMPONENT companion)
install(FILES ${completion}/_edgewise DESTINATION ${CMAKE_INSTALL_DATADIR}/zsh/vendor-completions COMPONENT companion)
install(FILES ${completion}/edgewise.fish DESTINATION ${CMAKE_INSTALL_DATADIR}/fish/vendor_completions.d COMPONENT companion)
install(FILES ${PROJECT_SOURCE_DIR}/LICENSE DESTINATION ${CMAKE_INSTALL_DOCDIR} RENAME copyright COMPONENT companion)
install(FILES ${PROJECT_SOURCE_DIR}/CHANGELOG.md DESTINATION ${CMAKE_INSTALL_DOCDIR} COMPONENT companion)
install(FILES ${CMAKE_BINARY_DIR}/third-party-notices.txt DESTINATION ${CMAKE_INSTALL_DOCDIR} COMPONENT companion OPTIONAL)

set(CPACK_GENERATOR DEB)
set(CPACK_PACKAGING_INSTALL_PREFIX /usr)
set(CPACK_DEB_COMPONENT_INSTALL ON)
set(CPACK_COMPONENTS_ALL companion)
set(CPACK_DEBIAN_COMPANION_PACKAGE_NAME edgewise)
set(CPACK_DEBIAN_COMPANION_FILE_NAME DEB-DEFAULT)
set(CPACK_DEBIAN_COMPANION_PACKAGE_SECTION science)
set(CPACK_DEBIAN_PACKAGE_SHLIBDEPS ON)
set(CPACK_DEBIAN_COMPANION_PACKAGE_SUGGESTS "libvulkan1, bash-completion")  # opened at run time, where it is there
set(CPACK_DEBIAN_PACKAGE_MAINTAINER "The Edgewise authors" CACHE STRING "Who answers for the Debian package")
set(CPACK_INSTALL_DEFAULT_DIRECTORY_PERMISSIONS OWNER_READ OWNER_WRITE OWNER_EXECUTE GROUP_READ GROUP_EXECUTE WORLD_READ WORLD_EXECUTE)
set(CPACK_COMPONENT_COMPANION_DESCRIPTION "${PROJECT_DESCRIPTION}
Whether a language model runs on an edge device, how fast, in how much
memory, for how much energy, and how sure the answer is.")
set(CPACK_STRIP_FILES OFF)  # it is linked so
include(CPack)
