import react from "@vitejs/plugin-react";
import { defineConfig } from "vite";

/** Browsers with `light-dark()` and H.264 in WebCodecs: older ones could show no picture anyway. */
const BROWSERS = ["chrome123", "edge123", "firefox130", "safari17.5"];

export default defineConfig({
  root: import.meta.dirname,
  plugins: [react()],
  build: {
    outDir: "dist",
    emptyOutDir: true,
    target: BROWSERS,
    cssTarget: BROWSERS,
    assetsInlineLimit: 0,
    rolldownOptions: {
      output: {
        // What changes seldom stays in the browser's cache when our own code changes.
        codeSplitting: {
          groups: [
            { name: "react", test: /node_modules[\\/](react|react-dom|scheduler)[\\/]/ },
            { name: "mantine", test: /node_modules[\\/](@mantine|@floating-ui)[\\/]/ },
            { name: "tanstack", test: /node_modules[\\/]@tanstack[\\/]/ },
          ],
        },
      },
    },
  },
});
