//! Points on the map and how far apart they are.

/// A point in degrees (WGS 84).
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Point {
    lat: f64,
    lon: f64,
}

/// Mean radius of the earth in metres (IUGG).
const EARTH_METRES: f64 = 6_371_008.8;

impl Point {
    /// A point, if both numbers are degrees on the globe: latitude −90 to 90, longitude −180 to 180.
    #[must_use]
    pub fn new(lat: f64, lon: f64) -> Option<Self> {
        ((-90.0..=90.0).contains(&lat) && (-180.0..=180.0).contains(&lon)).then_some(Self { lat, lon })
    }

    /// The point of a record that may lack it, or half of it.
    #[must_use]
    pub fn of(lat: Option<f64>, lon: Option<f64>) -> Option<Self> {
        Self::new(lat?, lon?)
    }

    /// Latitude in degrees.
    #[must_use]
    pub fn lat(self) -> f64 {
        self.lat
    }

    /// Longitude in degrees.
    #[must_use]
    pub fn lon(self) -> f64 {
        self.lon
    }

    /// Metres to another point as the crow flies (haversine formula), rounded. The way by road is longer.
    #[must_use]
    pub fn metres_to(self, other: Self) -> u32 {
        let half_lat = (other.lat - self.lat).to_radians() / 2.0;
        let half_lon = (other.lon - self.lon).to_radians() / 2.0;
        let cosines = self.lat.to_radians().cos() * other.lat.to_radians().cos();
        let chord = half_lat.sin().powi(2) + cosines * half_lon.sin().powi(2);
        // Rounding may lift the chord of two opposite points a hair above 1.
        let metres = 2.0 * EARTH_METRES * chord.sqrt().min(1.0).asin();
        metres.round() as u32
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn point(lat: f64, lon: f64) -> Point {
        Point::new(lat, lon).expect("on the globe")
    }

    #[test]
    fn known_distances() {
        // Hà Tĩnh to Vinh, and Hà Nội to Thành phố Hồ Chí Minh, measured on a map.
        let vinh = point(18.3428, 105.9057).metres_to(point(18.6734, 105.6923));
        assert!((42_000..45_000).contains(&vinh), "{vinh}");
        let saigon = point(21.0278, 105.8342).metres_to(point(10.7769, 106.7009));
        assert!((1_140_000..1_150_000).contains(&saigon), "{saigon}");
        assert_eq!(point(18.0, 105.0).metres_to(point(18.0, 105.0)), 0);
        assert_eq!(point(0.0, 0.0).metres_to(point(0.0, 180.0)), 20_015_114);
    }

    #[test]
    fn the_way_back_is_as_long() {
        let (a, b) = (point(18.3, 105.9), point(10.8, 106.7));
        assert_eq!(a.metres_to(b), b.metres_to(a));
    }

    #[test]
    fn what_is_not_on_the_globe_is_no_point() {
        for (lat, lon) in [(90.1, 0.0), (0.0, -180.1), (f64::NAN, 0.0), (0.0, f64::INFINITY)] {
            assert_eq!(Point::new(lat, lon), None, "{lat} {lon}");
        }
        assert_eq!(Point::of(Some(18.0), None), None);
    }
}
