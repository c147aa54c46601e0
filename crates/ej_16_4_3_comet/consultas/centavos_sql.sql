SELECT region, SUM(CAST(FLOOR(monto * 100 + 0.5) AS BIGINT)) AS centavos
FROM ventas
WHERE monto > 0
GROUP BY region
ORDER BY region
