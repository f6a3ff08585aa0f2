import { CameraIdText } from "@overt/link";
import { z } from "zod";
import type { Database } from "../database/open.ts";
import type { App } from "../http/app.ts";
import { sessionOf } from "../http/guard.ts";
import { ProblemBody } from "../http/problems.ts";

/** A wall that an operator has arranged: one place for each tile, empty ones included. */
const Layout = z.object({
  name: z.string().trim().min(1).max(60),
  tiles: z.array(CameraIdText.nullable()).min(1).max(64),
});
const Layouts = z.object({ layouts: z.array(Layout).max(50) });
const NONE = { layouts: [] };

/** Saved walls, each account its own. */
export function layoutRoutes(app: App, { database }: { database: Database }): void {
  app.get(
    "/api/layouts",
    { schema: { summary: "The walls that this account has saved.", response: { 200: Layouts, 401: ProblemBody } } },
    async (request) => {
      const row = await database
        .selectFrom("layout")
        .select("document")
        .where("account_id", "=", sessionOf(request).account.id)
        .executeTakeFirst();
      return row ? Layouts.parse(JSON.parse(row.document)) : NONE;
    },
  );

  app.put(
    "/api/layouts",
    {
      schema: {
        summary: "Replaces the walls that this account has saved.",
        body: Layouts,
        response: { 200: Layouts, 400: ProblemBody, 401: ProblemBody },
      },
    },
    async (request) => {
      const document = JSON.stringify(request.body);
      const saved = { document, saved_at: Date.now() };
      await database
        .insertInto("layout")
        .values({ account_id: sessionOf(request).account.id, ...saved })
        .onConflict((conflict) => conflict.column("account_id").doUpdateSet(saved))
        .execute();
      return request.body;
    },
  );
}
