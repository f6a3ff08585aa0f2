export * from "./map/osm.ts";
export * from "./map/osm-error.ts";
export * from "./map/read-osm.ts";
