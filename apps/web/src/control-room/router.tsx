import { createRootRoute, createRoute, createRouter, lazyRouteComponent } from "@tanstack/react-router";
import { PageFailed, PageMissing } from "./page-failed.tsx";
import { Shell } from "./shell.tsx";
import { BareWall } from "./wall/bare-wall.tsx";
import { WallPage } from "./wall/wall-page.tsx";

const root = createRootRoute();
const shell = createRoute({ getParentRoute: () => root, id: "shell", component: Shell });
const wall = createRoute({ getParentRoute: () => shell, path: "/", component: WallPage });
const health = createRoute({
  getParentRoute: () => shell,
  path: "/health",
  component: lazyRouteComponent(() => import("./health/health-page.tsx"), "HealthPage"),
});

const camera = createRoute({
  getParentRoute: () => shell,
  path: "/camera/$id",
  /** `at`: the moment that is looked at, ISO 8601; without it the page is live. */
  validateSearch: (search: Record<string, unknown>): { at?: string } =>
    typeof search.at === "string" ? { at: search.at } : {},
  component: lazyRouteComponent(() => import("./camera/camera-page.tsx"), "CameraPage"),
});

const account = createRoute({
  getParentRoute: () => shell,
  path: "/account",
  component: lazyRouteComponent(() => import("./account/account-page.tsx"), "AccountPage"),
});

/** A wall without menus at a plain address, for displays. */
const bareWall = createRoute({ getParentRoute: () => root, path: "/wall/$tiles", component: BareWall });

export const router = createRouter({
  routeTree: root.addChildren([shell.addChildren([wall, health, camera, account]), bareWall]),
  defaultPreload: "intent",
  defaultErrorComponent: PageFailed,
  defaultNotFoundComponent: PageMissing,
});

declare module "@tanstack/react-router" {
  interface Register {
    router: typeof router;
  }
}
