//! Ejercicio 16.7.5: cuatro proyectos, y el denominador común de los lenguajes
