import { createTheme, type MantineColorsTuple } from "@mantine/core";

const ink: MantineColorsTuple = [
  "#e8ecf1",
  "#c6ced8",
  "#a3b0be",
  "#94a3b3",
  "#5d6c7e",
  "#3c4856",
  "#2a333e",
  "#1c232c",
  "#13181f",
  "#0b0f14",
];

/** One shade is filled in both schemes: white on it has 5.4:1; the fourth is for lines and words on dark ground. */
const sea: MantineColorsTuple = [
  "#e3fbf4",
  "#c8f3e6",
  "#97e6cf",
  "#5fd7b4",
  "#2dd4a7",
  "#1bb58c",
  "#129a76",
  "#0d8767",
  "#0b7a5c",
  "#075c45",
];

/** Mantine's own greys for hints and placeholders stay under 4.5:1 on white. */
const stone: MantineColorsTuple = [
  "#f8f9fa",
  "#f1f3f5",
  "#e9ecef",
  "#dee2e6",
  "#ced4da",
  "#68727d",
  "#5a646f",
  "#495057",
  "#343a40",
  "#212529",
];

/** Dark and quiet, so that pictures and faults are what one sees; amber, not red alone, asks for attention. */
export const theme = createTheme({
  primaryColor: "sea",
  primaryShade: 8,
  autoContrast: true,
  colors: { dark: ink, gray: stone, sea },
  defaultRadius: "sm",
  fontFamily: "system-ui, 'Segoe UI', Roboto, 'Noto Sans', sans-serif",
  fontFamilyMonospace: "ui-monospace, 'Cascadia Mono', 'Noto Sans Mono', monospace",
  focusRing: "always",
  cursorType: "pointer",
  respectReducedMotion: true,
});
