//! The style sheet: system fonts, two colour schemes, one column on phones, ink-friendly on paper.

/// Everything the page looks like.
pub(super) const ESTILO: &str = r#"
:root{--fondo:#f7f6f2;--papel:#fffefb;--tinta:#1d2530;--gris:#66707d;--linea:#e4e1d8;--tenue:#f0eee7;--finde:#f3f1ea;
--sube:#1f7a4d;--baja:#b3372f;--acento:#2b5c8f;
--s0:#2b5c8f;--s1:#e08a2e;--s2:#3f9a8a;--s3:#c4504f;--s4:#8467ab;--s5:#d8b23f;--s6:#79aede;--s7:#94704f;--s8:#a9afb7}
@media screen and (prefers-color-scheme:dark){:root{--fondo:#12161c;--papel:#191e26;--tinta:#e8e5dd;--gris:#98a2af;
--linea:#2c333d;--tenue:#222831;--finde:#1e242d;--sube:#5cc08d;--baja:#f0857b;--acento:#7db2ea;
--s0:#5b9bdc;--s1:#f0a44f;--s2:#57bba9;--s3:#e5736f;--s4:#a88bd0;--s5:#e6c65c;--s6:#a3cdf2;--s7:#bc9673;--s8:#6c7581}}
*{box-sizing:border-box}
html{-webkit-text-size-adjust:100%}
body{margin:0;padding:28px clamp(14px,3.2vw,40px) 40px;background:var(--fondo);color:var(--tinta);
font:15px/1.5 system-ui,-apple-system,"Segoe UI",Roboto,"Helvetica Neue","Noto Sans",Arial,sans-serif;
font-variant-numeric:tabular-nums lining-nums}
header,main,footer{max-width:1200px;margin:0 auto}
header>div{flex:1 1 60%}
header{display:flex;flex-wrap:wrap;gap:8px 32px;justify-content:space-between;align-items:flex-end;
padding-bottom:14px;border-bottom:2px solid var(--tinta)}
h1,h2{font-family:Charter,"Bitstream Charter","Sitka Text",Cambria,Georgia,serif;font-weight:650;line-height:1.2;text-wrap:balance}
h1{margin:0;font-size:clamp(24px,3.4vw,34px);letter-spacing:-.01em;overflow-wrap:anywhere}
h2{margin:0 0 4px;font-size:20px}
h3{margin:0;font-size:12.5px;font-weight:600;color:var(--gris)}
p{margin:0}
.periodo{margin-top:4px;color:var(--gris);font-size:16px}
.periodo::first-letter{text-transform:uppercase}
.sello{color:var(--gris);font-size:13px;text-align:right;margin-left:auto}
.sello span{display:block}
section{margin-top:18px;padding:18px 20px 16px;background:var(--papel);border:1px solid var(--linea);border-radius:8px;min-width:0}
.nota{color:var(--gris);font-size:13.5px;margin-bottom:10px;max-width:90ch}
.nota strong{color:var(--tinta);font-weight:600}
sup{font-size:.7em;line-height:0;margin-left:1px}
code{font:.92em ui-monospace,SFMono-Regular,Menlo,Consolas,"DejaVu Sans Mono",monospace;overflow-wrap:anywhere}
.dos{display:grid;grid-template-columns:1fr 1fr;gap:0 18px;align-items:stretch}
.tarjetas{display:grid;grid-template-columns:repeat(4,1fr);margin-top:18px;background:var(--linea);gap:1px;
border:1px solid var(--linea);border-radius:8px;overflow:hidden}
.tarjeta{display:grid;grid-template-columns:auto 1fr;gap:0 12px;align-content:start;background:var(--papel);padding:14px 16px 12px;min-width:0}
.cifra{font-size:clamp(21px,2.3vw,27px);font-weight:640;line-height:1.25;letter-spacing:-.01em;margin:2px 0 3px;overflow-wrap:anywhere}
.cifra small{font-size:.6em;font-weight:500;color:var(--gris);letter-spacing:0}
.exacto{display:block;font-size:12.5px;font-weight:500;color:var(--gris);letter-spacing:0}
.detalle{color:var(--gris);font-size:12.5px;line-height:1.4}
.tarjeta .chispa{justify-self:end;width:100%;max-width:88px;height:20px;opacity:.85}.cifra,.detalle{grid-column:1/-1}
.sube{color:var(--sube)}.baja{color:var(--baja)}.igual{color:var(--gris)}
svg{display:block}
svg.ancho,svg.estrecho{width:100%;height:auto;overflow:visible}
svg.estrecho{display:none}
.definiciones{position:absolute;width:0;height:0}
.regla{stroke:var(--linea);stroke-width:1}.base{stroke:var(--gris);stroke-width:1}
.eje{font-size:11.5px;fill:var(--gris)}.suave{font-size:10.5px;opacity:.85}
.cambio{font-size:11.5px;font-weight:600;fill:var(--gris)}.cambio.sube{fill:var(--sube)}.cambio.baja{fill:var(--baja)}
.finde{fill:var(--finde)}.toque{fill:transparent}
.col:hover .toque{fill:var(--tinta);fill-opacity:.07}
.trama{fill:url(#trama)}.trama-fondo{fill:var(--papel)}.trama-raya{fill:var(--linea)}.parcial-fondo{fill:var(--papel)}
rect.parcial{fill:url(#parcial);stroke:var(--s0);stroke-width:1}
.f0{fill:var(--s0);background:var(--s0)}.f1{fill:var(--s1);background:var(--s1)}.f2{fill:var(--s2);background:var(--s2)}
.f3{fill:var(--s3);background:var(--s3)}.f4{fill:var(--s4);background:var(--s4)}.f5{fill:var(--s5);background:var(--s5)}
.f6{fill:var(--s6);background:var(--s6)}.f7{fill:var(--s7);background:var(--s7)}.f8{fill:var(--s8);background:var(--s8)}
.chispa path{fill:none;stroke-width:1.6;stroke-linecap:round;stroke-linejoin:round;vector-effect:non-scaling-stroke}
.l0{stroke:var(--s0)}.l1{stroke:var(--s1)}.l2{stroke:var(--s2)}.l3{stroke:var(--s3)}.l4{stroke:var(--s4)}
.l5{stroke:var(--s5)}.l6{stroke:var(--s6)}.l7{stroke:var(--s7)}.l8{stroke:var(--s8)}
.muestra{display:inline-block;width:10px;height:10px;border-radius:2px;margin-right:6px;vertical-align:-.5px}
.muestra.trama{background:repeating-linear-gradient(45deg,var(--linea) 0 2px,var(--papel) 2px 4px);border:1px solid var(--linea)}
.muestra.parcial{background:repeating-linear-gradient(45deg,var(--s0) 0 2px,var(--papel) 2px 4px);border:1px solid var(--s0)}
.leyenda-nota{white-space:nowrap;display:inline-block;margin-right:14px}.punto{fill:var(--s1);color:var(--s1);font-size:9px;vertical-align:1.5px}
ul.leyenda{list-style:none;display:flex;flex-wrap:wrap;gap:2px 18px;margin:0 0 10px;padding:0;font-size:13.5px}
.leyenda small{color:var(--gris)}
.leyenda li,.lista th,.regiones th{overflow-wrap:anywhere}
details{margin-top:12px;font-size:13.5px}
summary{cursor:pointer;color:var(--acento);font-weight:550}
summary:focus-visible{outline:2px solid var(--acento);outline-offset:3px;border-radius:2px}
.tabla{overflow-x:auto;margin-top:8px}
.tabla.alta{max-height:460px;overflow:auto;border-block:1px solid var(--linea)}
table{border-collapse:collapse;width:100%;font-size:13.5px}
th,td{padding:5px 0 5px 16px;text-align:right;white-space:nowrap;border-bottom:1px solid var(--linea);font-weight:400}
th:first-child,td:first-child{padding-left:0;text-align:left}
main .tabla :is(th[scope=row],thead th:first-child){position:sticky;left:0;background:var(--papel)}
main .alta thead th:first-child{z-index:2}
thead th{color:var(--gris);font-size:12.5px;font-weight:550;vertical-align:bottom}
.alta thead th{position:sticky;top:0;background:var(--papel);z-index:1;box-shadow:0 1px var(--linea)}
tbody th{font-weight:550}
tfoot th,tfoot td{font-weight:650;border-bottom:0}
tbody tr:hover,tbody tr:hover>th{background:var(--tenue)}
.hueco td{text-align:left;color:var(--gris);font-style:italic;
background:repeating-linear-gradient(45deg,var(--tenue) 0 4px,var(--papel) 4px 8px)}
.lista th[scope=row],.regiones th[scope=row]{max-width:26ch;overflow:hidden;text-overflow:ellipsis}
.lista th[scope=row]{max-width:19ch}.lista th:has(code){max-width:none;white-space:normal}.trozo{display:inline-block}
.lista td,.regiones td{width:1%}
.lista td.grafica{width:40%;min-width:48px}
.regiones td.grafica{width:130px;min-width:90px}
.regiones .chispa{width:120px;height:22px}
.barra{width:100%;height:11px;border-radius:2px;overflow:hidden}.cauce{fill:var(--tenue)}
ol.embudo{list-style:none;margin:14px 0 0;padding:0;display:grid;gap:16px}
.embudo li{display:grid;grid-template-columns:1fr auto 64px;gap:3px 12px;align-items:baseline}
.embudo small{color:var(--gris);font-size:12.5px}
.embudo .valor{font-weight:640;font-size:17px}
.embudo .parte{grid-area:1/3;text-align:right;color:var(--gris)}
.embudo .barra{grid-column:1/-1;height:20px}
.clave{margin-top:18px;padding-top:12px;border-top:1px solid var(--linea)}
.clave strong{font-size:22px;margin:0 8px 0 4px}.clave span{color:var(--gris);font-size:13px}
.aviso,.vacio{margin-top:14px;color:var(--gris)}
.nada{padding:48px 24px;text-align:center}
.nada p{color:var(--gris);margin:8px auto;max-width:60ch}
.nada pre{display:inline-block;max-width:100%;overflow-x:auto;text-align:left;margin:12px 0 0;padding:12px 16px;background:var(--tenue);
border-radius:6px;font:13px/1.6 ui-monospace,Menlo,Consolas,"DejaVu Sans Mono",monospace}
footer{display:grid;grid-template-columns:1fr 1fr;gap:0 18px;font-size:13px}
footer section{background:none;border:0;border-top:1px solid var(--linea);border-radius:0;padding:16px 0 0}
footer h2{font-size:16px}footer table{font-size:13px}
footer ul,footer ol{margin:10px 0 0;padding-left:20px;color:var(--gris);display:grid;gap:6px}
td.ruta{white-space:normal}
.oculto{position:absolute;width:1px;height:1px;overflow:hidden;clip-path:inset(50%)}
@media (max-width:900px){.tarjetas{grid-template-columns:1fr 1fr}.dos,footer{grid-template-columns:1fr}}
@media (max-width:620px){body{padding-top:18px}section{padding:16px 14px 14px}
svg.ancho{display:none}svg.estrecho{display:block}.sello{text-align:left;margin-left:0}.leyenda-nota{white-space:normal}
.lista th[scope=row]{max-width:13ch}.lista code{font-size:12px}.lista td.grafica{width:24%;min-width:28px}.tarjeta{padding:12px}
.tarjeta .chispa{order:1;grid-column:1/-1;justify-self:start;margin:2px 0 3px}.detalle{order:2}#productos .grafica{display:none}
th,td{padding-left:10px}table{font-size:13px}}
@page{margin:11mm}
@media print{body{background:#fff;padding:0;font-size:11px}section{break-inside:avoid;border-color:#ccc;margin-top:9px;padding:10px 12px}
.tarjetas{grid-template-columns:repeat(4,1fr);margin-top:9px}.tarjeta{padding:8px 10px}.cifra{font-size:18px}.dos,footer{grid-template-columns:1fr 1fr;gap:0 9px}
h1{font-size:24px}h2{font-size:15px}h3,.sello,.clave,.clave span,.detalle,.nota,.periodo,ul.leyenda,footer,footer table,ol.embudo,.embudo small{font-size:10px}table{font-size:9.5px}
thead th,.lista code{font-size:9px}th,td{padding:3px 0 3px 8px}.regiones td.grafica{min-width:50px}.regiones .chispa{width:70px}
svg.ancho{display:block}svg.estrecho{display:none}ol.embudo{gap:8px}.embudo .barra{height:13px}.embudo .valor,.clave strong{font-size:14px}
details{display:none}.tabla{overflow:visible}*{-webkit-print-color-adjust:exact;print-color-adjust:exact}}
"#;
