SELECT region, SUM(monto) AS revenue
FROM ventas
WHERE monto > 0
GROUP BY region
ORDER BY region
