SELECT
    c.region,
    SUM(v.monto) AS revenue,
    COUNT(DISTINCT v.user_id) AS usuarios_unicos,
    AVG(v.monto) AS ticket_promedio
FROM ventas v
LEFT JOIN clientes c ON v.user_id = c.id
WHERE v.monto > 0
  AND v.fecha >= DATE '2024-01-01'
GROUP BY c.region
ORDER BY revenue DESC
