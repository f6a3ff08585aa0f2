/**
 * National and regional grids that city data sets come in: EPSG code, name, where it is used (west south east north) and
 * its PROJ definition. From PROJ's database (EPSG v10); datum shifts of seven parameters, so that a point lies within
 * about 5 m of where national grid files would put it (most within 2 m). `systems.test.ts` holds points of PROJ's own.
 */
export const GRIDS = `
27700 | OSGB36 / British National Grid | -9.0 49.75 2.01 61.01 | +proj=tmerc +lat_0=49 +lon_0=-2 +k=0.9996012717 +x_0=400000 +y_0=-100000 +ellps=airy +towgs84=446.448,-125.157,542.06,0.15,0.247,0.842,-20.489 +units=m
29902 | TM65 / Irish Grid | -10.56 51.39 -5.93 55.43 | +proj=tmerc +lat_0=53.5 +lon_0=-8 +k=1.000035 +x_0=200000 +y_0=250000 +a=6377340.189 +rf=299.3249646 +towgs84=482.5,-130.6,564.6,-1.042,-0.214,-0.631,8.15 +units=m
29903 | TM75 / Irish Grid | -10.56 51.39 -5.34 55.43 | +proj=tmerc +lat_0=53.5 +lon_0=-8 +k=1.000035 +x_0=200000 +y_0=250000 +a=6377340.189 +rf=299.3249646 +towgs84=482.5,-130.6,564.6,-1.042,-0.214,-0.631,8.15 +units=m
2157 | IRENET95 / Irish Transverse Mercator | -10.56 51.39 -5.34 55.43 | +proj=tmerc +lat_0=53.5 +lon_0=-8 +k=0.99982 +x_0=600000 +y_0=750000 +ellps=GRS80 +units=m
2154 | RGF93 v1 / Lambert-93 | -9.86 41.15 10.38 51.56 | +proj=lcc +lat_0=46.5 +lon_0=3 +lat_1=49 +lat_2=44 +x_0=700000 +y_0=6600000 +ellps=GRS80 +units=m
3812 | ETRS89 / Belgian Lambert 2008 | 2.5 49.5 6.4 51.51 | +proj=lcc +lat_0=50.797815 +lon_0=4.35921583333333 +lat_1=49.8333333333333 +lat_2=51.1666666666667 +x_0=649328 +y_0=665262 +ellps=GRS80 +units=m
31370 | BD72 / Belgian Lambert 72 | 2.5 49.5 6.4 51.51 | +proj=lcc +lat_0=90 +lon_0=4.36748666666667 +lat_1=51.1666672333333 +lat_2=49.8333339 +x_0=150000.013 +y_0=5400088.438 +ellps=intl +towgs84=-106.8686,52.2978,-103.7239,0.3366,-0.457,1.8422,-1.2747 +units=m
28992 | Amersfoort / RD New | 3.2 50.75 7.22 53.7 | +proj=sterea +lat_0=52.1561605555556 +lon_0=5.38763888888889 +k=0.9999079 +x_0=155000 +y_0=463000 +ellps=bessel +towgs84=565.4171,50.3319,465.5524,-0.398957,0.343988,-1.8774,4.0725 +units=m
2169 | LUREF / Luxembourg TM | 5.73 49.44 6.53 50.19 | +proj=tmerc +lat_0=49.8333333333333 +lon_0=6.16666666666667 +k=1 +x_0=80000 +y_0=100000 +ellps=intl +towgs84=-189.6806,18.3463,-42.7695,-0.33746,-3.09264,2.53861,0.4598 +units=m
31466 | DHDN / 3-degree Gauss-Kruger zone 2 | 5.86 49.11 7.5 53.81 | +proj=tmerc +lat_0=0 +lon_0=6 +k=1 +x_0=2500000 +y_0=0 +ellps=bessel +towgs84=598.1,73.7,418.2,0.202,0.045,-2.455,6.7 +units=m
31467 | DHDN / 3-degree Gauss-Kruger zone 3 | 7.5 47.27 10.51 55.09 | +proj=tmerc +lat_0=0 +lon_0=9 +k=1 +x_0=3500000 +y_0=0 +ellps=bessel +towgs84=598.1,73.7,418.2,0.202,0.045,-2.455,6.7 +units=m
31468 | DHDN / 3-degree Gauss-Kruger zone 4 | 10.5 47.39 13.51 54.59 | +proj=tmerc +lat_0=0 +lon_0=12 +k=1 +x_0=4500000 +y_0=0 +ellps=bessel +towgs84=598.1,73.7,418.2,0.202,0.045,-2.455,6.7 +units=m
31469 | DHDN / 3-degree Gauss-Kruger zone 5 | 13.5 48.51 13.84 48.98 | +proj=tmerc +lat_0=0 +lon_0=15 +k=1 +x_0=5500000 +y_0=0 +ellps=bessel +towgs84=598.1,73.7,418.2,0.202,0.045,-2.455,6.7 +units=m
2056 | CH1903+ / LV95 | 5.96 45.82 10.49 47.81 | +proj=somerc +lat_0=46.9524055555556 +lon_0=7.43958333333333 +k_0=1 +x_0=2600000 +y_0=1200000 +ellps=bessel +towgs84=674.374,15.056,405.346,0,0,0,0 +units=m
21781 | CH1903 / LV03 | 5.96 45.82 10.49 47.81 | +proj=somerc +lat_0=46.9524055555556 +lon_0=7.43958333333333 +k_0=1 +x_0=600000 +y_0=200000 +ellps=bessel +towgs84=674.374,15.056,405.346,0,0,0,0 +units=m
31254 | MGI / Austria GK West | 9.53 46.77 11.84 47.61 | +proj=tmerc +lat_0=0 +lon_0=10.3333333333333 +k=1 +x_0=0 +y_0=-5000000 +ellps=bessel +towgs84=577.326,90.129,463.919,5.137,1.474,5.297,2.4232 +units=m
31255 | MGI / Austria GK Central | 11.83 46.4 14.84 48.79 | +proj=tmerc +lat_0=0 +lon_0=13.3333333333333 +k=1 +x_0=0 +y_0=-5000000 +ellps=bessel +towgs84=577.326,90.129,463.919,5.137,1.474,5.297,2.4232 +units=m
31256 | MGI / Austria GK East | 14.83 46.56 17.17 49.02 | +proj=tmerc +lat_0=0 +lon_0=16.3333333333333 +k=1 +x_0=0 +y_0=-5000000 +ellps=bessel +towgs84=577.326,90.129,463.919,5.137,1.474,5.297,2.4232 +units=m
31287 | MGI / Austria Lambert | 9.53 46.4 17.17 49.02 | +proj=lcc +lat_0=47.5 +lon_0=13.3333333333333 +lat_1=49 +lat_2=46 +x_0=400000 +y_0=400000 +ellps=bessel +towgs84=577.326,90.129,463.919,5.137,1.474,5.297,2.4232 +units=m
3003 | Monte Mario / Italy zone 1 | 5.93 36.53 12.0 47.04 | +proj=tmerc +lat_0=0 +lon_0=9 +k=0.9996 +x_0=1500000 +y_0=0 +ellps=intl +towgs84=-104.1,-49.1,-9.9,0.971,-2.917,0.714,-11.68 +units=m
3004 | Monte Mario / Italy zone 2 | 12.0 34.76 18.99 47.1 | +proj=tmerc +lat_0=0 +lon_0=15 +k=0.9996 +x_0=2520000 +y_0=0 +ellps=intl +towgs84=-104.1,-49.1,-9.9,0.971,-2.917,0.714,-11.68 +units=m
7791 | RDN2008 / UTM zone 32N | 5.93 36.53 12.0 47.04 | +proj=utm +zone=32 +ellps=GRS80 +units=m
3763 | ETRS89 / Portugal TM06 | -9.56 36.95 -6.19 42.16 | +proj=tmerc +lat_0=39.6682583333333 +lon_0=-8.13310833333333 +k=1 +x_0=0 +y_0=0 +ellps=GRS80 +units=m
3006 | SWEREF99 TM | 10.03 54.96 24.17 69.07 | +proj=utm +zone=33 +ellps=GRS80 +units=m
3007 | SWEREF99 12 00 | 10.93 56.74 13.11 60.13 | +proj=tmerc +lat_0=0 +lon_0=12 +k=1 +x_0=150000 +y_0=0 +ellps=GRS80 +units=m
3008 | SWEREF99 13 30 | 12.12 55.28 14.79 62.28 | +proj=tmerc +lat_0=0 +lon_0=13.5 +k=1 +x_0=150000 +y_0=0 +ellps=GRS80 +units=m
3009 | SWEREF99 15 00 | 13.54 55.95 16.15 61.62 | +proj=tmerc +lat_0=0 +lon_0=15 +k=1 +x_0=150000 +y_0=0 +ellps=GRS80 +units=m
3010 | SWEREF99 16 30 | 15.41 56.15 17.63 62.26 | +proj=tmerc +lat_0=0 +lon_0=16.5 +k=1 +x_0=150000 +y_0=0 +ellps=GRS80 +units=m
3011 | SWEREF99 18 00 | 17.08 58.66 19.61 60.7 | +proj=tmerc +lat_0=0 +lon_0=18 +k=1 +x_0=150000 +y_0=0 +ellps=GRS80 +units=m
3012 | SWEREF99 14 15 | 11.93 61.55 15.55 64.39 | +proj=tmerc +lat_0=0 +lon_0=14.25 +k=1 +x_0=150000 +y_0=0 +ellps=GRS80 +units=m
2180 | ETRF2000-PL / CS92 | 14.14 49.0 24.15 55.93 | +proj=tmerc +lat_0=0 +lon_0=19 +k=0.9993 +x_0=500000 +y_0=-5300000 +ellps=GRS80 +units=m
2176 | ETRF2000-PL / CS2000/15 | 14.14 50.26 16.5 55.35 | +proj=tmerc +lat_0=0 +lon_0=15 +k=0.999923 +x_0=5500000 +y_0=0 +ellps=GRS80 +units=m
2177 | ETRF2000-PL / CS2000/18 | 16.5 49.39 19.5 55.93 | +proj=tmerc +lat_0=0 +lon_0=18 +k=0.999923 +x_0=6500000 +y_0=0 +ellps=GRS80 +units=m
2178 | ETRF2000-PL / CS2000/21 | 19.5 49.09 22.5 54.55 | +proj=tmerc +lat_0=0 +lon_0=21 +k=0.999923 +x_0=7500000 +y_0=0 +ellps=GRS80 +units=m
2179 | ETRF2000-PL / CS2000/24 | 22.5 49.0 24.15 54.41 | +proj=tmerc +lat_0=0 +lon_0=24 +k=0.999923 +x_0=8500000 +y_0=0 +ellps=GRS80 +units=m
5514 | S-JTSK / Krovak East North | 12.09 47.73 22.56 51.06 | +proj=krovak +lat_0=49.5 +lon_0=24.8333333333333 +alpha=30.2881397527778 +k=0.9999 +x_0=0 +y_0=0 +ellps=bessel +towgs84=570.8,85.7,462.8,4.998,1.587,5.261,3.56 +units=m
8353 | S-JTSK [JTSK03] / Krovak East North | 16.84 47.73 22.56 49.61 | +proj=krovak +lat_0=49.5 +lon_0=24.8333333333333 +alpha=30.2881397527778 +k=0.9999 +x_0=0 +y_0=0 +ellps=bessel +towgs84=485.021,169.465,483.839,7.786342,4.397554,4.102655,0 +units=m
23700 | HD72 / EOV | 16.11 45.74 22.9 48.58 | +proj=somerc +lat_0=47.1443937222222 +lon_0=19.0485717777778 +k_0=0.99993 +x_0=650000 +y_0=200000 +ellps=GRS67 +towgs84=52.17,-71.82,-14.9,0,0,0,0 +units=m
3844 | Pulkovo 1942(58) / Stereo70 | 20.26 43.44 31.41 48.27 | +proj=sterea +lat_0=46 +lon_0=25 +k=0.99975 +x_0=500000 +y_0=500000 +ellps=krass +towgs84=33.4,-146.6,-76.3,-0.359,-0.053,0.844,-0.84 +units=m
3765 | HTRS96 / Croatia TM | 13.43 42.34 19.43 46.54 | +proj=tmerc +lat_0=0 +lon_0=16.5 +k=0.9999 +x_0=500000 +y_0=0 +ellps=GRS80 +units=m
3794 | Slovenia 1996 / Slovene National Grid | 13.38 45.42 16.61 46.88 | +proj=tmerc +lat_0=0 +lon_0=15 +k=0.9999 +x_0=500000 +y_0=-5000000 +ellps=GRS80 +units=m
3067 | ETRS89 / TM35FIN(E,N) | 19.08 58.84 31.59 70.09 | +proj=utm +zone=35 +ellps=GRS80 +units=m
3877 | ETRS89 / GK23FIN | 22.5 59.75 23.5 68.74 | +proj=tmerc +lat_0=0 +lon_0=23 +k=1 +x_0=23500000 +y_0=0 +ellps=GRS80 +units=m
3878 | ETRS89 / GK24FIN | 23.5 59.86 24.5 68.84 | +proj=tmerc +lat_0=0 +lon_0=24 +k=1 +x_0=24500000 +y_0=0 +ellps=GRS80 +units=m
3879 | ETRS89 / GK25FIN | 24.5 59.94 25.5 68.9 | +proj=tmerc +lat_0=0 +lon_0=25 +k=1 +x_0=25500000 +y_0=0 +ellps=GRS80 +units=m
3880 | ETRS89 / GK26FIN | 25.5 60.18 26.5 69.94 | +proj=tmerc +lat_0=0 +lon_0=26 +k=1 +x_0=26500000 +y_0=0 +ellps=GRS80 +units=m
3301 | Estonian Coordinate System of 1997 | 20.37 57.52 28.2 60.0 | +proj=lcc +lat_0=57.5175539305556 +lon_0=24 +lat_1=59.3333333333333 +lat_2=58 +x_0=500000 +y_0=6375000 +ellps=GRS80 +units=m
3059 | LKS92 / Latvia TM | 19.06 55.67 28.24 58.09 | +proj=tmerc +lat_0=0 +lon_0=24 +k=0.9996 +x_0=500000 +y_0=-6000000 +ellps=GRS80 +units=m
3346 | LKS94 / Lithuania TM | 19.02 53.89 26.82 56.45 | +proj=tmerc +lat_0=0 +lon_0=24 +k=0.9998 +x_0=500000 +y_0=0 +ellps=GRS80 +units=m
2100 | GGRS87 / Greek Grid | 19.57 34.88 28.3 41.75 | +proj=tmerc +lat_0=0 +lon_0=24 +k=0.9996 +x_0=500000 +y_0=0 +ellps=GRS80 +towgs84=-199.87,74.79,246.62,0,0,0,0 +units=m
2039 | Israel 1993 / Israeli TM Grid | 34.17 29.45 35.69 33.28 | +proj=tmerc +lat_0=31.7343936111111 +lon_0=35.2045169444444 +k=1.0000067 +x_0=219529.584 +y_0=626907.39 +ellps=GRS80 +towgs84=23.772,17.49,17.859,-0.3132,-1.85274,1.67299,-5.4262 +units=m
2326 | Hong Kong 1980 Grid System | 113.76 22.13 114.51 22.58 | +proj=tmerc +lat_0=22.3121333333333 +lon_0=114.178555555556 +k=1 +x_0=836694.05 +y_0=819069.8 +ellps=intl +towgs84=-162.619,-276.959,-161.764,0.067753,-2.24365,-1.15883,-1.09425 +units=m
3414 | SVY21 / Singapore TM | 103.59 1.13 104.07 1.47 | +proj=tmerc +lat_0=1.36666666666667 +lon_0=103.833333333333 +k=1 +x_0=28001.642 +y_0=38744.572 +ellps=WGS84 +units=m
3826 | TWD97 / TM2 zone 121 | 119.99 20.41 122.06 26.72 | +proj=tmerc +lat_0=0 +lon_0=121 +k=0.9999 +x_0=250000 +y_0=0 +ellps=GRS80 +units=m
5179 | Korea 2000 / Unified CS | 122.71 28.6 134.28 40.27 | +proj=tmerc +lat_0=38 +lon_0=127.5 +k=0.9996 +x_0=1000000 +y_0=2000000 +ellps=GRS80 +units=m
5186 | Korea 2000 / Central Belt 2010 | 126.0 33.14 128.0 38.33 | +proj=tmerc +lat_0=38 +lon_0=127 +k=1 +x_0=200000 +y_0=600000 +ellps=GRS80 +units=m
6677 | JGD2011 / Japan Plane Rectangular CS IX | 138.4 29.31 141.11 37.98 | +proj=tmerc +lat_0=36 +lon_0=139.833333333333 +k=0.9999 +x_0=0 +y_0=0 +ellps=GRS80 +units=m
6674 | JGD2011 / Japan Plane Rectangular CS VI | 134.86 33.4 136.99 36.33 | +proj=tmerc +lat_0=36 +lon_0=136 +k=0.9999 +x_0=0 +y_0=0 +ellps=GRS80 +units=m
2193 | NZGD2000 / New Zealand Transverse Mercator 2000 | 166.37 -47.33 178.63 -34.1 | +proj=tmerc +lat_0=0 +lon_0=173 +k=0.9996 +x_0=1600000 +y_0=10000000 +ellps=GRS80 +units=m
9377 | MAGNA-SIRGAS / Origen-Nacional | -84.77 -4.23 -66.87 15.51 | +proj=tmerc +lat_0=4 +lon_0=-73 +k=0.9992 +x_0=5000000 +y_0=2000000 +ellps=GRS80 +units=m
2950 | NAD83(CSRS) / MTM zone 8 | -75.0 44.98 -72.0 62.53 | +proj=tmerc +lat_0=0 +lon_0=-73.5 +k=0.9999 +x_0=304800 +y_0=0 +ellps=GRS80 +units=m
2952 | NAD83(CSRS) / MTM zone 10 | -81.0 42.26 -78.0 62.45 | +proj=tmerc +lat_0=0 +lon_0=-79.5 +k=0.9999 +x_0=304800 +y_0=0 +ellps=GRS80 +units=m
26986 | NAD83 / Massachusetts Mainland | -73.5 41.46 -69.86 42.89 | +proj=lcc +lat_0=41 +lon_0=-71.5 +lat_1=42.6833333333333 +lat_2=41.7166666666667 +x_0=200000 +y_0=750000 +datum=NAD83 +units=m
2249 | NAD83 / Massachusetts Mainland (ftUS) | -73.5 41.46 -69.86 42.89 | +proj=lcc +lat_0=41 +lon_0=-71.5 +lat_1=42.6833333333333 +lat_2=41.7166666666667 +x_0=200000.0001016 +y_0=750000 +datum=NAD83 +units=us-ft
2263 | NAD83 / New York Long Island (ftUS) | -74.26 40.47 -71.8 41.3 | +proj=lcc +lat_0=40.1666666666667 +lon_0=-74 +lat_1=41.0333333333333 +lat_2=40.6666666666667 +x_0=300000 +y_0=0 +datum=NAD83 +units=us-ft
32118 | NAD83 / New York Long Island | -74.26 40.47 -71.8 41.3 | +proj=lcc +lat_0=40.1666666666667 +lon_0=-74 +lat_1=41.0333333333333 +lat_2=40.6666666666667 +x_0=300000 +y_0=0 +datum=NAD83 +units=m
2248 | NAD83 / Maryland (ftUS) | -79.49 37.97 -74.97 39.73 | +proj=lcc +lat_0=37.6666666666667 +lon_0=-77 +lat_1=39.45 +lat_2=38.3 +x_0=399999.9998984 +y_0=0 +datum=NAD83 +units=us-ft
26985 | NAD83 / Maryland | -79.49 37.97 -74.97 39.73 | +proj=lcc +lat_0=37.6666666666667 +lon_0=-77 +lat_1=39.45 +lat_2=38.3 +x_0=400000 +y_0=0 +datum=NAD83 +units=m
3435 | NAD83 / Illinois East (ftUS) | -89.28 37.06 -87.02 42.5 | +proj=tmerc +lat_0=36.6666666666667 +lon_0=-88.3333333333333 +k=0.999975 +x_0=300000 +y_0=0 +datum=NAD83 +units=us-ft
2227 | NAD83 / California zone 3 (ftUS) | -123.02 36.73 -117.83 38.71 | +proj=lcc +lat_0=36.5 +lon_0=-120.5 +lat_1=38.4333333333333 +lat_2=37.0666666666667 +x_0=2000000.0001016 +y_0=500000.0001016 +datum=NAD83 +units=us-ft
2229 | NAD83 / California zone 5 (ftUS) | -121.42 32.76 -114.12 35.81 | +proj=lcc +lat_0=33.5 +lon_0=-118 +lat_1=35.4666666666667 +lat_2=34.0333333333333 +x_0=2000000.0001016 +y_0=500000.0001016 +datum=NAD83 +units=us-ft
2230 | NAD83 / California zone 6 (ftUS) | -118.15 32.53 -114.42 34.08 | +proj=lcc +lat_0=32.1666666666667 +lon_0=-116.25 +lat_1=33.8833333333333 +lat_2=32.7833333333333 +x_0=2000000.0001016 +y_0=500000.0001016 +datum=NAD83 +units=us-ft
26943 | NAD83 / California zone 3 | -123.02 36.73 -117.83 38.71 | +proj=lcc +lat_0=36.5 +lon_0=-120.5 +lat_1=38.4333333333333 +lat_2=37.0666666666667 +x_0=2000000 +y_0=500000 +datum=NAD83 +units=m
2276 | NAD83 / Texas North Central (ftUS) | -103.07 31.72 -94.0 34.58 | +proj=lcc +lat_0=31.6666666666667 +lon_0=-98.5 +lat_1=33.9666666666667 +lat_2=32.1333333333333 +x_0=600000 +y_0=2000000.0001016 +datum=NAD83 +units=us-ft
2277 | NAD83 / Texas Central (ftUS) | -106.66 29.78 -93.5 32.27 | +proj=lcc +lat_0=29.6666666666667 +lon_0=-100.333333333333 +lat_1=31.8833333333333 +lat_2=30.1166666666667 +x_0=699999.9998984 +y_0=3000000 +datum=NAD83 +units=us-ft
2278 | NAD83 / Texas South Central (ftUS) | -105.0 27.78 -93.76 30.67 | +proj=lcc +lat_0=27.8333333333333 +lon_0=-99 +lat_1=30.2833333333333 +lat_2=28.3833333333333 +x_0=600000 +y_0=3999999.9998984 +datum=NAD83 +units=us-ft
32138 | NAD83 / Texas North Central | -103.07 31.72 -94.0 34.58 | +proj=lcc +lat_0=31.6666666666667 +lon_0=-98.5 +lat_1=33.9666666666667 +lat_2=32.1333333333333 +x_0=600000 +y_0=2000000 +datum=NAD83 +units=m
32139 | NAD83 / Texas Central | -106.66 29.78 -93.5 32.27 | +proj=lcc +lat_0=29.6666666666667 +lon_0=-100.333333333333 +lat_1=31.8833333333333 +lat_2=30.1166666666667 +x_0=700000 +y_0=3000000 +datum=NAD83 +units=m
2285 | NAD83 / Washington North (ftUS) | -124.79 47.08 -117.02 49.05 | +proj=lcc +lat_0=47 +lon_0=-120.833333333333 +lat_1=48.7333333333333 +lat_2=47.5 +x_0=500000.0001016 +y_0=0 +datum=NAD83 +units=us-ft
2926 | NAD83(HARN) / Washington North (ftUS) | -124.79 47.08 -117.02 49.05 | +proj=lcc +lat_0=47 +lon_0=-120.833333333333 +lat_1=48.7333333333333 +lat_2=47.5 +x_0=500000.0001016 +y_0=0 +ellps=GRS80 +units=us-ft
2913 | NAD83(HARN) / Oregon North (ft) | -124.17 43.95 -116.47 46.26 | +proj=lcc +lat_0=43.6666666666667 +lon_0=-120.5 +lat_1=46 +lat_2=44.3333333333333 +x_0=2500000.0001424 +y_0=0 +ellps=GRS80 +units=ft
2269 | NAD83 / Oregon North (ft) | -124.17 43.95 -116.47 46.26 | +proj=lcc +lat_0=43.6666666666667 +lon_0=-120.5 +lat_1=46 +lat_2=44.3333333333333 +x_0=2500000.0001424 +y_0=0 +datum=NAD83 +units=ft
2232 | NAD83 / Colorado Central (ftUS) | -109.06 38.14 -102.04 40.09 | +proj=lcc +lat_0=37.8333333333333 +lon_0=-105.5 +lat_1=39.75 +lat_2=38.45 +x_0=914401.828803658 +y_0=304800.609601219 +datum=NAD83 +units=us-ft
2223 | NAD83 / Arizona Central (ft) | -113.35 31.33 -110.44 37.01 | +proj=tmerc +lat_0=31 +lon_0=-111.916666666667 +k=0.9999 +x_0=213360 +y_0=0 +datum=NAD83 +units=ft
2868 | NAD83(HARN) / Arizona Central (ft) | -113.35 31.33 -110.44 37.01 | +proj=tmerc +lat_0=31 +lon_0=-111.916666666667 +k=0.9999 +x_0=213360 +y_0=0 +ellps=GRS80 +units=ft
2236 | NAD83 / Florida East (ftUS) | -82.33 24.41 -79.97 30.83 | +proj=tmerc +lat_0=24.3333333333333 +lon_0=-81 +k=0.999941177 +x_0=200000.0001016 +y_0=0 +datum=NAD83 +units=us-ft
2240 | NAD83 / Georgia West (ftUS) | -85.61 30.62 -82.99 35.01 | +proj=tmerc +lat_0=30 +lon_0=-84.1666666666667 +k=0.9999 +x_0=699999.9998984 +y_0=0 +datum=NAD83 +units=us-ft
2272 | NAD83 / Pennsylvania South (ftUS) | -80.53 39.71 -74.72 41.18 | +proj=lcc +lat_0=39.3333333333333 +lon_0=-77.75 +lat_1=40.9666666666667 +lat_2=39.9333333333333 +x_0=600000 +y_0=0 +datum=NAD83 +units=us-ft
2264 | NAD83 / North Carolina (ftUS) | -84.33 33.83 -75.38 36.59 | +proj=lcc +lat_0=33.75 +lon_0=-79 +lat_1=36.1666666666667 +lat_2=34.3333333333333 +x_0=609601.219202438 +y_0=0 +datum=NAD83 +units=us-ft
2283 | NAD83 / Virginia North (ftUS) | -80.06 37.77 -76.51 39.46 | +proj=lcc +lat_0=37.6666666666667 +lon_0=-78.5 +lat_1=39.2 +lat_2=38.0333333333333 +x_0=3500000.0001016 +y_0=2000000.0001016 +datum=NAD83 +units=us-ft
2225 | NAD83 / California zone 1 (ftUS) | -124.45 39.59 -119.99 42.01 | +proj=lcc +lat_0=39.3333333333333 +lon_0=-122 +lat_1=41.6666666666667 +lat_2=40 +x_0=2000000.0001016 +y_0=500000.0001016 +datum=NAD83 +units=us-ft
2226 | NAD83 / California zone 2 (ftUS) | -124.06 38.02 -119.54 40.16 | +proj=lcc +lat_0=37.6666666666667 +lon_0=-122 +lat_1=39.8333333333333 +lat_2=38.3333333333333 +x_0=2000000.0001016 +y_0=500000.0001016 +datum=NAD83 +units=us-ft
3452 | NAD83 / Louisiana South (ftUS) | -93.94 28.85 -88.75 31.07 | +proj=lcc +lat_0=28.5 +lon_0=-91.3333333333333 +lat_1=30.7 +lat_2=29.3 +x_0=999999.99998984 +y_0=0 +datum=NAD83 +units=us-ft
2274 | NAD83 / Tennessee (ftUS) | -90.31 34.98 -81.65 36.68 | +proj=lcc +lat_0=34.3333333333333 +lon_0=-86 +lat_1=36.4166666666667 +lat_2=35.25 +x_0=600000 +y_0=0 +datum=NAD83 +units=us-ft
2246 | NAD83 / Kentucky North (ftUS) | -85.96 37.71 -82.47 39.15 | +proj=lcc +lat_0=37.5 +lon_0=-84.25 +lat_1=37.9666666666667 +lat_2=38.9666666666667 +x_0=500000.0001016 +y_0=0 +datum=NAD83 +units=us-ft
2253 | NAD83 / Michigan South (ft) | -87.2 41.69 -82.13 44.22 | +proj=lcc +lat_0=41.5 +lon_0=-84.3666666666667 +lat_1=43.6666666666667 +lat_2=42.1 +x_0=3999999.999984 +y_0=0 +datum=NAD83 +units=ft
2256 | NAD83 / Montana (ft) | -116.07 44.35 -104.04 49.01 | +proj=lcc +lat_0=44.25 +lon_0=-109.5 +lat_1=49 +lat_2=45 +x_0=599999.9999976 +y_0=0 +datum=NAD83 +units=ft
3566 | NAD83 / Utah Central (ftUS) | -114.05 38.49 -109.04 41.08 | +proj=lcc +lat_0=38.3333333333333 +lon_0=-111.5 +lat_1=40.65 +lat_2=39.0166666666667 +x_0=500000.00001016 +y_0=2000000.00001016 +datum=NAD83 +units=us-ft
2268 | NAD83 / Oklahoma South (ftUS) | -100.0 33.62 -94.42 35.57 | +proj=lcc +lat_0=33.3333333333333 +lon_0=-98 +lat_1=35.2333333333333 +lat_2=33.9333333333333 +x_0=600000 +y_0=0 +datum=NAD83 +units=us-ft
`;
