-- Failed calls by cause and LNS per hour.
SELECT substr(start, 1, 13) AS hour, lns_name AS lns, cause, count(*) AS calls
FROM calls
WHERE outcome = 'failed'
GROUP BY 1, 2, 3
ORDER BY 4 DESC, 1, 2, 3;
