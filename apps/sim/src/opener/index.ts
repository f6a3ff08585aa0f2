export { type OpenedPicture, type OpenedWindow, openWindow, type Window } from "./open-window.ts";
export { packRecords } from "./pack-records.ts";
