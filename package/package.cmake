# The Debian package: `cpack -G DEB` in the build folder (README, "Install").

# Its papers, made of LICENSE, CHANGELOG.md and the version.
set(PAPERS ${CMAKE_BINARY_DIR}/package)
set(L2TPSCOPE_MAINTAINER "The l2tpscope developers <maintainers@l2tpscope.invalid>"
    CACHE STRING "NAME <ADDRESS> in the Debian package")

file(READ ${CMAKE_SOURCE_DIR}/LICENSE terms)
string(REGEX MATCH "Copyright \\(c\\) ([^\n]*)" ignored "${terms}")
set(holder "${CMAKE_MATCH_1}")
string(REGEX REPLACE "^.*Copyright \\(c\\) [^\n]*\n\n" "" terms "${terms}")
string(REGEX REPLACE "\n$" "" terms "${terms}")
string(REPLACE "\n\n" "\n.\n" terms "${terms}")
string(REPLACE "\n" "\n " terms "${terms}")
file(WRITE ${PAPERS}/copyright
     "Format: https://www.debian.org/doc/packaging-manuals/copyright-format/1.0/
Upstream-Name: l2tpscope

Files: *
Copyright: ${holder}
License: Expat
 ${terms}
")

set(ENV{LC_ALL} C)
string(TIMESTAMP day "%a, %d %b %Y 00:00:00 +0000" UTC)
file(WRITE ${PAPERS}/changelog.Debian
     "l2tpscope (${PROJECT_VERSION}-1) unstable; urgency=medium

  * Built by cpack from the sources of version ${PROJECT_VERSION}; what is new
    is in changelog.gz.

 -- ${L2TPSCOPE_MAINTAINER}  ${day}
")
file(COPY_FILE ${CMAKE_SOURCE_DIR}/CHANGELOG.md ${PAPERS}/changelog)
execute_process(COMMAND gzip -9nf ${PAPERS}/changelog ${PAPERS}/changelog.Debian
		COMMAND_ERROR_IS_FATAL ANY)
set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS ${CMAKE_SOURCE_DIR}/CHANGELOG.md
	     ${CMAKE_SOURCE_DIR}/LICENSE)

install(FILES ${PAPERS}/copyright ${PAPERS}/changelog.gz ${PAPERS}/changelog.Debian.gz
	DESTINATION ${CMAKE_INSTALL_DOCDIR} COMPONENT debian EXCLUDE_FROM_ALL)
install(FILES ${CMAKE_SOURCE_DIR}/package/lintian-overrides DESTINATION ${CMAKE_INSTALL_DATADIR}/lintian/overrides
	RENAME l2tpscope COMPONENT debian EXCLUDE_FROM_ALL)
install(FILES ${CMAKE_SOURCE_DIR}/README.md DESTINATION ${CMAKE_INSTALL_DOCDIR} COMPONENT debian EXCLUDE_FROM_ALL)

set(CPACK_GENERATOR DEB)
set(CPACK_PACKAGE_NAME l2tpscope)
set(CPACK_PACKAGE_CONTACT "${L2TPSCOPE_MAINTAINER}")
set(CPACK_PACKAGE_DESCRIPTION_SUMMARY "what became of each L2TP call, from captures and logs")
set(CPACK_PACKAGE_DESCRIPTION
    "l2tpscope reads captures and debug logs of L2TP, PPP and what goes with them,
replays every message through the state machines of both ends, and says of
each call who called, how far it came, how it ended, who ended it, and why.
It never touches the network.")
set(CPACK_PACKAGING_INSTALL_PREFIX /usr)
set(CPACK_STRIP_FILES ON)
set(CPACK_INSTALL_CMAKE_PROJECTS "${CMAKE_BINARY_DIR};l2tpscope;Unspecified;/;${CMAKE_BINARY_DIR};l2tpscope;debian;/")
set(CPACK_DEBIAN_FILE_NAME DEB-DEFAULT)
set(CPACK_DEBIAN_PACKAGE_RELEASE 1)
set(CPACK_DEBIAN_PACKAGE_SECTION net)
set(CPACK_DEBIAN_PACKAGE_SHLIBDEPS ON)
# Loaded when they are needed (decode/lazy.h): dpkg-shlibdeps does not see them.
set(CPACK_DEBIAN_PACKAGE_DEPENDS "libarchive13 | libarchive13t64, libpcap0.8 | libpcap0.8t64, libsqlite3-0, libncursesw6, zlib1g, liblzma5, libzstd1")
set(CPACK_DEBIAN_PACKAGE_RECOMMENDS "libpangocairo-1.0-0, fonts-dejavu-core, less")
set(CPACK_DEBIAN_PACKAGE_SUGGESTS "wireshark, graphviz")
set(CPACK_DEBIAN_COMPRESSION_TYPE xz)
set(CPACK_PROJECT_CONFIG_FILE ${CMAKE_SOURCE_DIR}/package/cpack.cmake)
# The times of its files are that of the version: the same tree gives the same package.
set(CPACK_L2TPSCOPE_EPOCH $ENV{SOURCE_DATE_EPOCH})
include(CPack)
