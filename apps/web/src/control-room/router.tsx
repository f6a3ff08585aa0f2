import { createRootRoute, createRoute, createRouter } from "@tanstack/react-router";
import { CameraPage } from "./camera/camera-page.tsx";
import { HealthPage } from "./health/health-page.tsx";
import { Shell } from "./shell.tsx";
import { BareWall } from "./wall/bare-wall.tsx";
import { WallPage } from "./wall/wall-page.tsx";

const root = createRootRoute();
const shell = createRoute({ getParentRoute: () => root, id: "shell", component: Shell });
const wall = createRoute({ getParentRoute: () => shell, path: "/", component: WallPage });
const health = createRoute({ getParentRoute: () => shell, path: "/health", component: HealthPage });

const camera = createRoute({
  getParentRoute: () => shell,
  path: "/camera/$id",
  /** `at`: the moment that is looked at, ISO 8601; without it the page is live. */
  validateSearch: (search: Record<string, unknown>): { at?: string } =>
    typeof search.at === "string" ? { at: search.at } : {},
  component: CameraPage,
});

/** A wall without menus at a plain address, for displays. */
const bareWall = createRoute({ getParentRoute: () => root, path: "/wall/$tiles", component: BareWall });

export const router = createRouter({
  routeTree: root.addChildren([shell.addChildren([wall, health, camera]), bareWall]),
});

declare module "@tanstack/react-router" {
  interface Register {
    router: typeof router;
  }
}
