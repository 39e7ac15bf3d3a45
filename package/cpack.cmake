# Read by cpack before it packs.
set(ENV{SOURCE_DATE_EPOCH} ${CPACK_L2TPSCOPE_EPOCH})
