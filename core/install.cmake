# Installs the library for find_package(edgewise) and for pkg-config. One set of targets for each library, so that
# edgewise::core is found where nlohmann/json is not.
include(GNUInstallDirs)
include(CMakePackageConfigHelpers)
set(package ${CMAKE_INSTALL_LIBDIR}/cmake/edgewise)
# Relative, so that the folder may be moved after it was installed.
file(RELATIVE_PATH prefix_from_pc ${CMAKE_INSTALL_FULL_LIBDIR}/pkgconfig ${CMAKE_INSTALL_PREFIX})

foreach(library ${libraries})
  get_target_property(name ${library} EXPORT_NAME)
  get_target_property(file ${library} OUTPUT_NAME)
  install(TARGETS ${library} EXPORT edgewise-${name} FILE_SET HEADERS)
  install(EXPORT edgewise-${name} NAMESPACE edgewise:: DESTINATION ${package})
  configure_file(${file}.pc.in ${PROJECT_BINARY_DIR}/${file}.pc @ONLY)
  install(FILES ${PROJECT_BINARY_DIR}/${file}.pc DESTINATION ${CMAKE_INSTALL_LIBDIR}/pkgconfig)
endforeach()

configure_package_config_file(edgewiseConfig.cmake.in ${PROJECT_BINARY_DIR}/edgewiseConfig.cmake INSTALL_DESTINATION ${package})
# Before 1.0 a minor version may change an interface.
write_basic_package_version_file(${PROJECT_BINARY_DIR}/edgewiseConfigVersion.cmake COMPATIBILITY SameMinorVersion)
install(FILES ${PROJECT_BINARY_DIR}/edgewiseConfig.cmake ${PROJECT_BINARY_DIR}/edgewiseConfigVersion.cmake DESTINATION ${package})
