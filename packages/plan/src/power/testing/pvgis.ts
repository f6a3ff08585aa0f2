/** Files as PVGIS 5.2 writes them. */
export function hourlyCsv({
  slopeDeg,
  azimuthDeg,
  rows,
  columns = "time,P,G(i),H_sun,T2m,WS10m,Int",
}: {
  slopeDeg: number;
  azimuthDeg: number;
  rows: readonly string[];
  columns?: string;
}): string {
  return [
    "Latitude (decimal degrees):\t45.000",
    "Longitude (decimal degrees):\t8.000",
    "Elevation (m):\t250.0",
    "Radiation database:\tPVGIS-SARAH2",
    "",
    "",
    `Slope: ${slopeDeg} deg. `,
    `Azimuth: ${azimuthDeg} deg. `,
    "Nominal power of the PV system (c-Si) (kWp):\t2.0",
    "System losses (%):\t14.0",
    "",
    columns,
    ...rows,
    "",
    "P: PV system power (W)",
    "G(i): Global irradiance on the inclined plane (plane of the array) (W/m2)",
    "",
  ].join("\r\n");
}

/** A year of hours that are all made by `sky`; the months are of different years, as typical ones are. */
export function tmyCsv(
  sky: (at: Date) => { global: number; direct: number; diffuse: number; celsius: number },
): string {
  const rows = Array.from({ length: 8_760 }, (_, hour) => {
    const at = new Date(Date.UTC(2001, 0, 1, hour));
    const { global, direct, diffuse, celsius } = sky(at);
    const [month, day, of] = [at.getUTCMonth() + 1, at.getUTCDate(), at.getUTCHours()].map((n) =>
      String(n).padStart(2, "0"),
    );
    return `${2005 + at.getUTCMonth()}${month}${day}:${of}00,${celsius},80.0,${global},${direct},${diffuse},300.0,1.0,90.0,99000.0`;
  });
  return [
    "Latitude (decimal degrees): 45.000",
    "Longitude (decimal degrees): 8.000",
    "Elevation (m): 250.0",
    "Irradiance Time Offset (h): 0.1761",
    "month,year",
    ...Array.from({ length: 12 }, (_, m) => `${m + 1},${2005 + m}`),
    "time(UTC),T2m,RH,G(h),Gb(n),Gd(h),IR(h),WS10m,WD10m,SP",
    ...rows,
    "T2m: 2-m air temperature (degree Celsius)",
    "",
  ].join("\r\n");
}
