import { createTheme, type MantineColorsTuple } from "@mantine/core";

const ink: MantineColorsTuple = [
  "#e8ecf1",
  "#c6ced8",
  "#a3b0be",
  "#8594a5",
  "#5d6c7e",
  "#3c4856",
  "#2a333e",
  "#1c232c",
  "#13181f",
  "#0b0f14",
];

/** Dark and quiet, so that pictures and faults are what one sees; amber, not red alone, asks for attention. */
export const theme = createTheme({
  primaryColor: "teal",
  primaryShade: { light: 8, dark: 4 },
  autoContrast: true,
  colors: { dark: ink },
  defaultRadius: "sm",
  fontFamily: "system-ui, 'Segoe UI', Roboto, 'Noto Sans', sans-serif",
  fontFamilyMonospace: "ui-monospace, 'Cascadia Mono', 'Noto Sans Mono', monospace",
  focusRing: "always",
  cursorType: "pointer",
  respectReducedMotion: true,
});
