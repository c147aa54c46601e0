SELECT region, SUM(CAST(ROUND(monto * 100) AS BIGINT)) AS centavos
FROM ventas
WHERE monto > 0
GROUP BY region
ORDER BY region
