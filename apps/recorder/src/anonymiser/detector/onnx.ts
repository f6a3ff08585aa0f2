import { bytesField, type Field, floatField, message, textField, varintField } from "./protobuf.ts";

/** Field and type numbers of `onnx.proto3` (ONNX IR version 9, operator set 17): only what a detector needs. */
const FLOAT = 1;
const UINT8 = 2;
const INT64 = 7;

export type Attribute = number | string | readonly number[] | { readonly float: number };

/** Collects the nodes and constants of one ONNX graph. */
export class OnnxGraph {
  readonly #nodes: Field[] = [];
  readonly #constants = new Map<string, Field>();

  node(
    operator: string,
    inputs: readonly string[],
    output: string,
    attributes: Readonly<Record<string, Attribute>> = {},
  ): string {
    this.#nodes.push(
      message(
        ...inputs.map((name) => textField(1, name)),
        textField(2, output),
        textField(4, operator),
        ...Object.entries(attributes).map(([name, value]) => bytesField(5, attribute(name, value))),
      ),
    );
    return output;
  }

  floats(name: string, shape: readonly number[], values: Float32Array): string {
    return this.#constant(name, shape, FLOAT, new Uint8Array(values.buffer, values.byteOffset, values.byteLength));
  }

  integers(name: string, values: readonly number[]): string {
    const data = new BigInt64Array(values.map(BigInt));
    return this.#constant(name, [values.length], INT64, new Uint8Array(data.buffer));
  }

  /** The file. `input` is an 8-bit tensor; a dimension given as text is free. */
  model(
    input: { readonly name: string; readonly shape: readonly (number | string)[] },
    outputs: readonly { readonly name: string; readonly shape: readonly (number | string)[] }[],
  ): Uint8Array<ArrayBuffer> {
    const graph = message(
      ...this.#nodes.map((node) => bytesField(1, node)),
      textField(2, "overt"),
      ...[...this.#constants.values()].map((constant) => bytesField(5, constant)),
      bytesField(11, value(input.name, UINT8, input.shape)),
      ...outputs.map((output) => bytesField(12, value(output.name, FLOAT, output.shape))),
    );
    return message(
      varintField(1, 9),
      bytesField(7, graph),
      bytesField(8, message(textField(1, ""), varintField(2, 17))),
    );
  }

  #constant(name: string, shape: readonly number[], type: number, raw: Uint8Array): string {
    this.#constants.set(
      name,
      message(...shape.map((n) => varintField(1, n)), varintField(2, type), textField(8, name), bytesField(9, raw)),
    );
    return name;
  }
}

function attribute(name: string, given: Attribute): Field {
  const front = textField(1, name);
  if (typeof given === "number") return message(front, varintField(3, given), varintField(20, 2));
  if (typeof given === "string") return message(front, textField(4, given), varintField(20, 3));
  if ("float" in given) return message(front, floatField(2, given.float), varintField(20, 1));
  return message(front, ...given.map((n) => varintField(8, n)), varintField(20, 7));
}

function value(name: string, type: number, shape: readonly (number | string)[]): Field {
  const dimensions = shape.map((n) => bytesField(1, typeof n === "number" ? varintField(1, n) : textField(2, n)));
  const tensor = message(varintField(1, type), bytesField(2, message(...dimensions)));
  return message(textField(1, name), bytesField(2, bytesField(1, tensor)));
}
