SELECT region, SUM(en_centavos(monto)) AS centavos
FROM ventas
WHERE monto > 0
GROUP BY region
ORDER BY region
