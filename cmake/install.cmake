# bin/{gf,gfd}, libexec/greenfield/{gf-agent,gf-supervise}, share/greenfield/{addons,images,schema,web}: where system/paths.cpp looks.
install(TARGETS gf gfd RUNTIME DESTINATION ${CMAKE_INSTALL_BINDIR})
install(TARGETS gf-agent gf-supervise RUNTIME DESTINATION ${CMAKE_INSTALL_LIBEXECDIR}/greenfield)
install(DIRECTORY addons images schema web DESTINATION ${CMAKE_INSTALL_DATADIR}/greenfield USE_SOURCE_PERMISSIONS
        PATTERN __pycache__ EXCLUDE)
install(FILES docs/man/gf.1 DESTINATION ${CMAKE_INSTALL_MANDIR}/man1)
install(FILES docs/man/gfd.8 DESTINATION ${CMAKE_INSTALL_MANDIR}/man8)
