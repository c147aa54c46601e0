//! The part of the sphere where what is near enough can be, in ranges of latitude and longitude.

use ecommerce_model::RADIO_TIERRA_KM;

/// What the ranges are wider by: a metre for the rounding of the distance near the antipodes, and a hair for that of the ranges.
const HOLGURA_KM: f64 = 1e-3;
const HOLGURA_GRADOS: f64 = 1e-9;

/// Latitudes and longitudes outside of which no place is within some distance of a point.
///
/// Places are those within ±90 and ±180: the same place under another name, a latitude of 140 or a longitude of 356, is not sought here.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct Caja {
    /// From here on, if not from the pole on.
    pub sur: Option<f64>,
    /// Up to here, if not up to the pole.
    pub norte: Option<f64>,
    /// The longitudes.
    pub longitudes: Longitudes,
}

/// Longitudes of a [`Caja`].
#[derive(Clone, Copy, PartialEq, Debug)]
pub enum Longitudes {
    /// Any: it holds a pole, or half of the Earth.
    Todas,
    /// From the first to the second.
    Tramo(f64, f64),
    /// Across the date line: from the first to 180, and from −180 to the second.
    PorLaLineaDeFecha(f64, f64),
}

impl Caja {
    /// Returns the box around a point in degrees for a distance in km; `None` where there is nothing to say: a point that is no place, a
    /// distance that is negative, or so long that it reaches everywhere.
    #[must_use]
    pub fn alrededor(lat: f64, lon: f64, km: f64) -> Option<Self> {
        let place = lat.abs() <= 90.0 && lon.abs() <= 180.0;
        let angle = (km + HOLGURA_KM) / RADIO_TIERRA_KM;
        // NaN is in neither.
        let reach = km >= 0.0 && angle < std::f64::consts::PI;
        if !(place && reach) {
            return None;
        }
        let half = angle.to_degrees() + HOLGURA_GRADOS;
        let (sur, norte) = (lat - half, lat + half);
        let (sur, norte) = (
            (sur > -90.0).then_some(sur),
            (norte < 90.0).then_some(norte),
        );
        let longitudes = if sur.is_some() && norte.is_some() {
            // The circle's easternmost point, where its meridian touches it. No pole is inside, so this is below 1.
            let reach = (angle.sin() / lat.to_radians().cos()).min(1.0).asin();
            around(lon, reach.to_degrees() + HOLGURA_GRADOS)
        } else {
            Longitudes::Todas
        };
        (sur.is_some() || norte.is_some()).then_some(Self {
            sur,
            norte,
            longitudes,
        })
    }

    /// Whether a place may be near enough. What is outside ±90 or ±180, or NaN, always may.
    #[must_use]
    pub fn admite(&self, lat: f64, lon: f64) -> bool {
        let place = lat.abs() <= 90.0 && lon.abs() <= 180.0;
        let latitude =
            self.sur.is_none_or(|sur| lat >= sur) && self.norte.is_none_or(|norte| lat <= norte);
        let longitude = match self.longitudes {
            Longitudes::Todas => true,
            Longitudes::Tramo(oeste, este) => (oeste..=este).contains(&lon),
            Longitudes::PorLaLineaDeFecha(oeste, este) => lon >= oeste || lon <= este,
        };
        !place || (latitude && longitude)
    }
}

fn around(lon: f64, half: f64) -> Longitudes {
    let (oeste, este) = (lon - half, lon + half);
    if oeste < -180.0 {
        Longitudes::PorLaLineaDeFecha(oeste + 360.0, este)
    } else if este > 180.0 {
        Longitudes::PorLaLineaDeFecha(oeste, este - 360.0)
    } else {
        Longitudes::Tramo(oeste, este)
    }
}
