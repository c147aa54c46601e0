//! What became of the functions: their own machine code, read from this process's memory.
#![cfg(all(target_arch = "x86_64", target_os = "linux"))]

use super::*;
use ecommerce_simd::{Isa, Kernels};
use ej_16_1_4_simd as ej;
use ej_16_1_4_simd::autovectorization as auto;
use iced_x86::{Decoder, DecoderOptions, FlowControl, Instruction, Mnemonic, Register};
use std::collections::{BTreeMap, BTreeSet};
use std::fs::File;
use std::os::unix::fs::FileExt as _;

/// A function, instruction by instruction.
struct Codigo {
    instrucciones: BTreeMap<u64, Instruction>,
}

impl Codigo {
    /// Follows every jump from the first instruction on, and no call.
    fn de(funcion: *const ()) -> Self {
        let memoria = File::open("/proc/self/mem").unwrap();
        let mut instrucciones = BTreeMap::new();
        let mut pendientes = vec![funcion.addr() as u64];
        while let Some(direccion) = pendientes.pop() {
            if instrucciones.contains_key(&direccion) {
                continue;
            }
            let mut bytes = [0; 15];
            let leidos = memoria.read_at(&mut bytes, direccion).unwrap();
            let instruccion =
                Decoder::with_ip(64, &bytes[..leidos], direccion, DecoderOptions::NONE).decode();
            assert!(!instruccion.is_invalid(), "{direccion:x}: {bytes:x?}");
            match instruccion.flow_control() {
                FlowControl::Next | FlowControl::Call | FlowControl::IndirectCall => {
                    pendientes.push(instruccion.next_ip());
                }
                FlowControl::ConditionalBranch => {
                    pendientes.extend([instruccion.near_branch_target(), instruccion.next_ip()]);
                }
                FlowControl::UnconditionalBranch => {
                    pendientes.push(instruccion.near_branch_target())
                }
                _ => {}
            }
            instrucciones.insert(direccion, instruccion);
        }
        Self { instrucciones }
    }

    /// The loops that contain no other: from the target of a jump back to the jump.
    fn bucles(&self) -> Vec<Vec<Instruction>> {
        let saltos_atras: Vec<(u64, u64)> = self
            .instrucciones
            .values()
            .filter(|i| {
                matches!(
                    i.flow_control(),
                    FlowControl::ConditionalBranch | FlowControl::UnconditionalBranch
                )
            })
            .map(|i| (i.near_branch_target(), i.ip()))
            .filter(|(destino, salto)| destino <= salto)
            .collect();
        let contiene = |de_fuera: &(u64, u64), de_dentro: &(u64, u64)| {
            de_fuera != de_dentro && de_fuera.0 <= de_dentro.0 && de_dentro.1 <= de_fuera.1
        };
        let interiores = saltos_atras
            .iter()
            .filter(|bucle| !saltos_atras.iter().any(|otro| contiene(bucle, otro)));
        interiores
            .map(|(destino, salto)| {
                self.instrucciones
                    .range(destino..=salto)
                    .map(|(_, i)| *i)
                    .collect()
            })
            .collect()
    }

    fn usa(&self, mnemonicos: &[Mnemonic]) -> bool {
        self.instrucciones
            .values()
            .any(|i| mnemonicos.contains(&i.mnemonic()))
    }

    /// In how many registers of this kind a loop adds packed f64: as many sums are under way at once.
    fn sumas_en_vuelo(&self, es_del_tipo: fn(Register) -> bool) -> usize {
        let registros = |bucle: &Vec<Instruction>| {
            let sumas = bucle
                .iter()
                .filter(|i| matches!(i.mnemonic(), Mnemonic::Vaddpd | Mnemonic::Addpd));
            let destinos: BTreeSet<_> = sumas
                .map(|i| i.op0_register())
                .filter(|r| es_del_tipo(*r))
                .collect();
            destinos.len()
        };
        self.bucles().iter().map(registros).max().unwrap_or(0)
    }
}

/// Adding one f64, and adding several.
const DE_UNO_EN_UNO: [Mnemonic; 2] = [Mnemonic::Addsd, Mnemonic::Vaddsd];
const DE_VARIOS: [Mnemonic; 2] = [Mnemonic::Addpd, Mnemonic::Vaddpd];

/// A build for a processor with AVX (`-C target-cpu=native`) has other registers and other mnemonics.
const CON_AVX: bool = cfg!(target_feature = "avx");

/// A debug build checks every pointer, and shuffles its registers about for that.
fn comprueba_en_vuelo(vistas: usize, esperadas: usize) {
    if cfg!(debug_assertions) {
        assert!(vistas > 1 && vistas <= 2 * esperadas, "{vistas}");
    } else {
        assert_eq!(vistas, esperadas);
    }
}

type Suma = fn(&[f64]) -> f64;
type SumaInsegura = unsafe fn(&[f64]) -> f64;

#[test]
fn la_suma_escalar_suma_de_uno_en_uno() {
    let codigo = Codigo::de(ej::suma_escalar as Suma as *const ());
    assert!(codigo.usa(&DE_UNO_EN_UNO) && !codigo.usa(&DE_VARIOS));
}

#[test]
fn con_permiso_para_avx2_la_suma_escalar_sigue_de_uno_en_uno() {
    let codigo = Codigo::de(auto::suma_escalar_con_avx2 as SumaInsegura as *const ());
    assert!(codigo.usa(&[Mnemonic::Vaddsd]) && !codigo.usa(&DE_VARIOS));
}

#[test]
fn con_permiso_para_avx2_lo_que_no_depende_del_orden_si_se_vectoriza() {
    let escala = Codigo::de(auto::escala_con_avx2 as unsafe fn(&mut [f64], f64) as *const ());
    let multiplica =
        |i: &&Instruction| i.mnemonic() == Mnemonic::Vmulpd && i.op0_register().is_ymm();
    assert!(
        escala
            .bucles()
            .iter()
            .any(|bucle| bucle.iter().any(|i| multiplica(&i)))
    );

    let enteros = Codigo::de(auto::suma_enteros_con_avx2 as unsafe fn(&[i64]) -> i64 as *const ());
    let suma = |i: &&Instruction| i.mnemonic() == Mnemonic::Vpaddq && i.op0_register().is_ymm();
    assert!(
        enteros
            .bucles()
            .iter()
            .any(|bucle| bucle.iter().any(|i| suma(&i)))
    );

    let carriles = Codigo::de(auto::suma_portatil_con_avx2 as SumaInsegura as *const ());
    assert_eq!(carriles.sumas_en_vuelo(Register::is_ymm), 4);
}

#[test]
fn un_bucle_que_puede_acabar_antes_no_se_vectoriza() {
    let busca = auto::primero_mayor_con_avx2 as unsafe fn(&[f64], f64) -> Option<usize>;
    let codigo = Codigo::de(busca as *const ());
    assert!(codigo.usa(&[Mnemonic::Vucomisd, Mnemonic::Vcomisd]));
    assert!(!codigo.usa(&[Mnemonic::Vcmppd, Mnemonic::Vmovmskpd]));
}

#[test]
fn la_de_la_guia_tiene_una_sola_suma_en_vuelo_y_la_otra_ocho() {
    let guia = Codigo::de(ej::suma_avx2 as SumaInsegura as *const ());
    assert_eq!(guia.sumas_en_vuelo(Register::is_ymm), 1);
    let ocho = Codigo::de(ej::suma_avx2_x8 as SumaInsegura as *const ());
    comprueba_en_vuelo(ocho.sumas_en_vuelo(Register::is_ymm), 8);
    let avx512 = Codigo::de(ej::suma_avx512_x8 as SumaInsegura as *const ());
    comprueba_en_vuelo(avx512.sumas_en_vuelo(Register::is_zmm), 8);
}

#[test]
fn sin_el_atributo_cada_intrinseco_es_una_llamada() {
    let codigo = Codigo::de(ej::suma_avx2_sin_atributo as SumaInsegura as *const ());
    let llamadas = |bucle: &Vec<Instruction>| {
        bucle
            .iter()
            .filter(|i| i.flow_control() == FlowControl::Call)
            .count()
    };
    let en_bucle = codigo.bucles().iter().map(llamadas).max().unwrap_or(0);
    if CON_AVX {
        assert_eq!((en_bucle, codigo.sumas_en_vuelo(Register::is_ymm)), (0, 1));
    } else {
        assert_eq!((en_bucle, codigo.sumas_en_vuelo(Register::is_ymm)), (2, 0));
    }
}

#[test]
fn la_portatil_es_vectorial_sin_escribir_una_sola_instruccion() {
    let codigo = Codigo::de(ej::suma_portatil as Suma as *const ());
    // Sixteen lanes: eight registers of two, or fewer and wider ones.
    assert!(codigo.sumas_en_vuelo(Register::is_vector_register) >= if CON_AVX { 2 } else { 8 });
}

#[test]
fn con_filtro_no_hay_un_salto_por_elemento() {
    // A comparison that sets the flags is for a jump; one that makes a mask is not.
    const PARA_SALTAR: [Mnemonic; 4] = [
        Mnemonic::Ucomisd,
        Mnemonic::Vucomisd,
        Mnemonic::Comisd,
        Mnemonic::Vcomisd,
    ];
    let portatil = Codigo::de(ej::suma_y_cuenta_positivos_portatil as SumaYCuenta as *const ());
    let nucleos = [Isa::Portable, Isa::Avx2, Isa::Avx512]
        .into_iter()
        .filter_map(Kernels::of);
    let de_produccion = nucleos.map(|nucleos| Codigo::de(nucleos.code()[1]));
    for codigo in de_produccion.chain([portatil]) {
        let suma_varios =
            |bucle: &&Vec<Instruction>| bucle.iter().any(|i| DE_VARIOS.contains(&i.mnemonic()));
        let bucles = codigo.bucles();
        let vectoriales: Vec<_> = bucles.iter().filter(suma_varios).collect();
        assert!(!vectoriales.is_empty());
        assert!(
            vectoriales
                .iter()
                .all(|bucle| !bucle.iter().any(|i| PARA_SALTAR.contains(&i.mnemonic())))
        );
    }
}

#[test]
fn los_nucleos_de_produccion_llevan_las_instrucciones_que_dicen() {
    let de = |isa| Kernels::of(isa).map(|nucleos| nucleos.code().map(Codigo::de));
    for codigo in de(Isa::Portable).unwrap() {
        assert!(codigo.sumas_en_vuelo(Register::is_vector_register) >= 2);
    }
    for codigo in de(Isa::Avx2).into_iter().flatten() {
        comprueba_en_vuelo(codigo.sumas_en_vuelo(Register::is_ymm), 8);
    }
    for codigo in de(Isa::Avx512).into_iter().flatten() {
        comprueba_en_vuelo(codigo.sumas_en_vuelo(Register::is_zmm), 4);
    }
    // Says which of them this processor lacks.
    assert!(variantes().contains(&Variante::Despacho));
}
