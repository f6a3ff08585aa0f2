import { access, constants } from "node:fs/promises";
import { join } from "node:path";
import fastifyStatic from "@fastify/static";
import { OvertError } from "@overt/core";
import type { App } from "./http/app.ts";
import { HttpProblem } from "./http/problems.ts";

/**
 * The built web page, with its start page for every address that is not a file: the page routes by itself. It is
 * public, since the log-in is a part of it, and holds nothing of this installation.
 *
 * @throws OvertError `WEB_BUNDLE_MISSING`
 */
export async function webBundle(app: App, webDir: string): Promise<void> {
  await access(join(webDir, "index.html"), constants.R_OK).catch((cause: unknown) => {
    throw new OvertError("WEB_BUNDLE_MISSING", `There is no index.html in ${webDir}.`, {
      hint: "Build it with `npm run build`, or correct webDir.",
      cause,
    });
  });
  await app.register(fastifyStatic, { root: webDir, serve: false, index: false });
  app.get("/*", { config: { public: true }, schema: { hide: true } }, async (request, reply) => {
    const path = new URL(request.url, "http://centre").pathname;
    if (path.startsWith("/api/")) throw new HttpProblem(404, "NOT_FOUND", "There is nothing at this address.");
    const isFile = /\.[a-zA-Z0-9]+$/.test(path);
    if (!isFile) return reply.sendFile("index.html", { cacheControl: false });
    // Vite puts a hash of the content into the names of what lies in assets/.
    const forever = path.startsWith("/assets/");
    return reply.sendFile(decodeURIComponent(path), forever ? { maxAge: "365d", immutable: true } : { maxAge: 0 });
  });
}
