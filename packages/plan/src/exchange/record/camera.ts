import { bearing, choice, type Field, flag, list, money, number, text, year } from "./field.ts";
import { readSource, type Source, writeSource } from "./source.ts";
import { readStream, type StreamProfile, writeStream } from "./stream.ts";

/** Works, broken, destroyed; nobody knows is a state too, since it is what surveys are for. */
const STATE = {
  works:
    "working, ok, in operation, operational, active, aktiv, in betrieb, funktioniert, en service, activo, attivo, live, online, on",
  broken:
    "defekt, defective, faulty, kaputt, en panne, roto, guasto, out of order, außer betrieb, offline, inactive, inaktiv",
  destroyed: "zerstört, détruit, destruido, distrutto, abgebaut, removed, demolished, stolen, missing",
  unknown: "",
};
const KIND = {
  fixed: "fix, static, bullet, box, fest, fixe, fija, fissa, turret",
  panning: "ptz, pan-tilt-zoom, schwenkbar, schwenk, pilotable, speed dome, domo ptz",
  dome: "dôme, domo, kuppel, panoramic, fisheye, 360",
  other: "",
};
const STATUS = { planned: "geplant, proposed", noticed: "", active: "", suspended: "", shuttered: "", removed: "" };

const plainText = {
  read: (value: string): string => value,
  write: (value: string): string => value.replaceAll(";", ","),
};

/**
 * What a camera's record says beside its place. A field is a column of each export: its name in small letters
 * (`heightM` is `height_m`). Fields of the public register (standards §3) are among them, so that an entry can be drafted
 * from an import.
 */
export const CAMERA_FIELDS = {
  id: text({ about: "Overt's own name of the camera; empty in other people's plans.", called: "" }),
  number: text({
    about: "The camera's number, as signs and registers have it.",
    called:
      "no, nr, num, number, nummer, numéro, número, numero, camera no, camera nr, camera number, kamera nr, kameranummer, lfd nr, laufende nummer, camera id, cam id, cctv id, camera ref, kamera id, camera code, ref, reference, asset id, asset no, unit id, code, objectid, fid",
  }),
  name: text({
    about: "What people call it.",
    called:
      "name, title, bezeichnung, kamera, camera, camera name, kameraname, nom, nombre, nome, naam, nazwa, label, location name, standort, description, intersection, site name",
  }),
  state: choice(
    {
      about: "Whether it works.",
      called: "state, zustand, condition, état, estado, stato, staat, stan, camera status, status, betriebszustand",
    },
    STATE,
    "unknown",
  ),
  status: choice({ about: "Where its register entry stands.", called: "register status, entry status" }, STATUS, null),
  kind: choice(
    {
      about: "Whether it looks one way, can be turned, or looks around.",
      called: "kind, type, camera type, kameratyp, typ, art, type de caméra, tipo, soort, rodzaj",
    },
    KIND,
    null,
  ),
  heightM: number({
    about: "Of the lens above the ground below it.",
    called:
      "height, höhe, hoehe, montagehöhe, montagehoehe, mounting height, mount height, installation height, hauteur, altura, altezza, hoogte, wysokość, pole height, agl, altitude above ground",
    unit: "m",
    from: 0,
    to: 200,
  }),
  panDeg: bearing({
    about: "Of its axis, clockwise from north.",
    called:
      "pan, direction, heading, bearing, azimuth, azimut, blickrichtung, richtung, ausrichtung, orientation, orientación, orientamento, camera direction, facing, dirección, richting, kierunek",
  }),
  tiltDeg: number({
    about: "Of its axis below the horizon.",
    called: "tilt, neigung, neigungswinkel, inclinaison, inclinación, inclinazione, pitch, kanteling, depression angle",
    unit: "deg",
    from: -90,
    to: 90,
  }),
  rollDeg: number({
    about: "Of the picture, clockwise as the camera sees it.",
    called: "roll, rollwinkel, roulis, alabeo, rollio",
    unit: "deg",
    from: -180,
    to: 180,
  }),
  horizontalDeg: number({
    about: "Field of view across the picture, edge to edge.",
    called:
      "hfov, fov, horizontal fov, field of view, horizontal field of view, blickwinkel, öffnungswinkel, bildwinkel, angle of view, champ de vision, angle de vue, campo de visión, angolo di campo, kijkhoek, view angle",
    unit: "deg",
    from: 0.1,
    to: 360,
  }),
  verticalDeg: number({
    about: "Field of view top to bottom; empty: of square pixels.",
    called: "vfov, vertical fov, vertical field of view, vertikaler blickwinkel",
    unit: "deg",
    from: 0.1,
    to: 180,
  }),
  k1: number({
    about: "Radial distortion k1 of r' = r·(1 + k1·r²), r the tangent of the angle off the axis.",
    called: "distortion",
    from: -1,
    to: 1,
  }),
  focalMm: number({
    about: "Focal length of the lens.",
    called:
      "focal length, brennweite, focale, longueur focale, distancia focal, lunghezza focale, brandpuntsafstand, lens, objektiv, focal",
    unit: "mm",
    from: 0.5,
    to: 2_000,
  }),
  sensorWidthMm: number({
    about: "Of the sensor.",
    called: "sensor width, sensorbreite",
    unit: "mm",
    from: 0.5,
    to: 100,
  }),
  sensorHeightMm: number({
    about: "Of the sensor.",
    called: "sensor height, sensorhöhe",
    unit: "mm",
    from: 0.5,
    to: 100,
  }),
  widthPx: number({
    about: "Of the picture.",
    called: "width, image width, bildbreite, horizontal resolution, horizontal pixels",
    unit: "px",
    from: 1,
    to: 65_535,
    whole: true,
  }),
  heightPx: number({
    about: "Of the picture.",
    called: "image height, bildhöhe, vertical resolution, vertical pixels",
    unit: "px",
    from: 1,
    to: 65_535,
    whole: true,
  }),
  make: text({
    about: "Who made it.",
    called:
      "make, manufacturer, hersteller, brand, marke, fabricant, marque, fabricante, marca, produttore, merk, producent, vendor",
  }),
  model: text({
    about: "The maker's name for it.",
    called: "model, modell, modèle, modelo, modello, camera model, kameramodell, device model, product",
  }),
  firmware: text({ about: "The version it runs.", called: "firmware, firmware version, software version" }),
  builtYear: year({
    about: "When it was put up.",
    called:
      "built, year, built year, baujahr, jahr, installed, install date, installation date, installationsdatum, installation year, année, date d'installation, año, anno, year installed, date installed, in service since, inbetriebnahme",
    from: 1940,
    to: 2100,
  }),
  infrared: flag({
    about: "Whether it has its own infrared light.",
    called: "infrared, infrarot, ir, infrarouge, infrarrojo, night vision, nachtsicht",
  }),
  audio: flag({
    about: "Whether it can hear; Overt never records sound.",
    called: "audio, microphone, mikrofon, ton, son",
  }),
  profiles: list(
    {
      about: "Protocols and ONVIF profiles that it speaks.",
      called: "profiles, onvif profiles, onvif, protocols, protokolle",
    },
    plainText,
  ),
  streams: list<StreamProfile>(
    { about: "What it sends, as `name codec 1920x1080 15fps 4000kbit/s`.", called: "streams, stream profiles" },
    { read: readStream, write: writeStream },
  ),
  mount: text({
    about: "What it hangs on.",
    called:
      "mount, mounting, pole, mast, montage, befestigung, support, soporte, supporto, mount type, pole id, montageart",
  }),
  address: text({
    about: "Its postal address.",
    called:
      "address, adresse, street, straße, strasse, rue, calle, via, indirizzo, dirección postal, adres, location, ort, street address",
  }),
  placeType: text({
    about: "The type of place that it watches.",
    called: "place type, type of place, zone, location type, lieu, ortstyp, surveillance zone",
  }),
  controller: text({
    about: "Who is responsible for it.",
    called:
      "controller, owner, operator, betreiber, verantwortlicher, eigentümer, responsable, propriétaire, exploitant, propietario, operador, gestore, eigenaar, agency, organisation, organization, department",
  }),
  purpose: text({
    about: "What it is for.",
    called: "purpose, zweck, finalité, but, finalidad, propósito, scopo, finalità, doel, cel",
  }),
  legalBasis: text({
    about: "The article that allows it.",
    called: "legal basis, rechtsgrundlage, base légale, base legal, base giuridica, rechtsgrond, legal ground",
  }),
  permitNumber: text({
    about: "Of its permit.",
    called: "permit, permit no, permit number, genehmigung, aktenzeichen, autorisation, arrêté, permiso",
  }),
  permitUntil: text({
    about: "When its permit ends (YYYY-MM-DD).",
    called: "permit until, permit expiry, permit end, genehmigt bis, befristet bis, active until",
  }),
  retentionH: number({
    about: "How long what it recorded is kept.",
    called:
      "retention, speicherdauer, aufbewahrung, löschfrist, conservation, durée de conservation, conservación, retention period, bewaartermijn",
    unit: "h",
    from: 0,
    to: 100_000,
  }),
  watchedLive: flag({
    about: "Whether somebody watches it live.",
    called: "watched live, live watching, monitored, live monitoring, beobachtung",
  }),
  phase: text({
    about: "The part of the plan in which it comes.",
    called: "phase, stage, bauabschnitt, ausbaustufe, tranche, fase, etappe, etap, lot, project phase",
  }),
  price: money({
    about: "What it costs, without tax, in `currency`.",
    called:
      "price, cost, preis, kosten, prix, coût, precio, coste, prezzo, costo, prijs, cena, unit price, unit cost, amount",
  }),
  currency: text({ about: "Of the price, by ISO 4217.", called: "currency, währung, devise, moneda, valuta, waluta" }),
  notes: text({
    about: "Anything else.",
    called:
      "notes, note, bemerkung, bemerkungen, anmerkung, kommentar, comment, comments, remarks, remarque, remarques, notas, observaciones, osservazioni, opmerking, uwagi, details",
  }),
  sources: list<Source>(
    { about: "Where this record comes from, as `file!sheet#row@mapping`.", called: "" },
    { read: readSource, write: writeSource },
  ),
} as const;

type ValueOf<F> = F extends Field<infer T> ? T : never;
export type Values<Fields> = { readonly [K in keyof Fields]: ValueOf<Fields[K]> };

export type CameraKey = keyof typeof CAMERA_FIELDS;

/** A camera as plans exchange it: what nobody knows is null, or its field's blank, and stays so (P6). */
export interface PlanCamera extends Values<typeof CAMERA_FIELDS> {
  /** WGS84. */
  readonly at: { readonly lon: number; readonly lat: number } | null;
  /** Columns that no field stands for, as they came. */
  readonly more: Readonly<Record<string, string>>;
}

export const blanksOf = (fields: Readonly<Record<string, Field<unknown>>>): Record<string, unknown> =>
  Object.fromEntries(Object.entries(fields).map(([key, field]) => [key, field.blank]));

const NOTHING = { ...blanksOf(CAMERA_FIELDS), at: null, more: {} } as unknown as PlanCamera;

/** A camera of which only `known` is known. */
export const planCamera = (known: Partial<PlanCamera>): PlanCamera => ({ ...NOTHING, ...known });
