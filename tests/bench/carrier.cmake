# A carrier of any size, with its truth (carrier.h).
set(bench ${CMAKE_CURRENT_LIST_DIR})
add_executable(carrier ${bench}/carrier.c ${bench}/record_pcap.c ${bench}/record_log.c ${bench}/record_truth.c)
target_link_libraries(carrier PRIVATE flags)
