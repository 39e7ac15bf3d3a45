explain machine lcp
