import swagger from "@fastify/swagger";
import { createJsonSchemaTransform } from "fastify-type-provider-zod";
import { z } from "zod";
import type { App } from "./app.ts";

/** Describes every route that follows, and serves the document at `/api/openapi.json`, behind the log-in. */
export async function describeApi(app: App): Promise<void> {
  await app.register(swagger, {
    openapi: {
      openapi: "3.1.0",
      info: {
        title: "Overt centre",
        version: "0.1.0",
        description:
          "Every refusal is `{ code, message, hint }`. Unsafe methods need the page's own `Origin`. " +
          "Live and recorded pictures travel on the WebSocket `/api/socket`, see `docs/api.md`.",
        license: { name: "AGPL-3.0-or-later", identifier: "AGPL-3.0-or-later" },
      },
      components: { securitySchemes: { session: { type: "apiKey", in: "cookie", name: "__Host-overt" } } },
      security: [{ session: [] }],
    },
    transform: createJsonSchemaTransform({ zodToJsonConfig: { override: describeTransform } }),
  });
  app.get("/api/openapi.json", { schema: { hide: true } }, async () => app.swagger());
}

/** JSON Schema knows no transforms: a branded id is described as what stands in the JSON. */
function describeTransform(context: { zodSchema: z.core.$ZodTypes; jsonSchema: z.core.JSONSchema.BaseSchema }): void {
  const { def } = context.zodSchema._zod;
  if (def.type !== "pipe" || def.out._zod.def.type !== "transform") return;
  const { $schema: _, ...input } = z.toJSONSchema(def.in, { io: "input" });
  Object.assign(context.jsonSchema, input);
}
