import type { FastifySerializerCompiler } from "fastify";
import type { z } from "zod";

/**
 * Replies are cut to their schema: a field that is not in it never leaves. Parsed, not encoded: the contracts of
 * `@overt/link` brand their ids with one-way transforms, and what they yield is what they take.
 */
export const serializerCompiler: FastifySerializerCompiler<z.ZodType> = ({ schema }) => {
  return (data) => JSON.stringify((schema as z.ZodType).parse(data));
};
