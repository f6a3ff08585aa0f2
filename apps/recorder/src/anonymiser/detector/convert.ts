import { OvertError } from "@overt/core";
import { OnnxGraph } from "./onnx.ts";

/** A TensorFlow.js graph model: its nodes, and its constants as they lie in the weight files. */
export interface SourceModel {
  readonly nodes: readonly SourceNode[];
  readonly weights: ReadonlyMap<string, { readonly shape: readonly number[]; readonly values: Float32Array }>;
}

export interface SourceNode {
  readonly name: string;
  readonly op: string;
  readonly input?: readonly string[];
  readonly attr: { readonly strides?: { readonly list: { readonly i: readonly string[] } } };
}

/** Side of the square picture that the network takes, in pixels. */
export const INPUT_SIDE = 300;
const LEVELS = 6;
const CLASSES = 91;
/** Class 1 of COCO is "person"; the 90 others are left out, so that the file can find nothing else. */
const PERSON = 1;
/** Box coder variances of the source: 10 for centres, 5 for sizes. */
const CENTRE_SCALE = 1 / 10;
const SIZE_SCALE = 1 / 5;
const FIRST = "Preprocessor/sub";

/**
 * SSDLite-MobileNetV2 as one ONNX file: `pictures` (u8, n x 3 x 300 x 300, RGB) to `boxes` (n x 1917 x 4: top, left,
 * bottom, right as shares of the picture) and `scores` (n x 1917, 0 to 1, person only).
 *
 * @throws OvertError `MODEL_UNEXPECTED` when the source is not the network that this was written for.
 */
export function convertPersonDetector(source: SourceModel): Uint8Array<ArrayBuffer> {
  const graph = new OnnxGraph();
  const nodes = new Map(source.nodes.map((node) => [node.name, node]));
  const made = new Set<string>();

  graph.node("Cast", ["pictures"], "cast", { to: 1 });
  graph.node("Mul", ["cast", graph.floats("range", [], new Float32Array([1 / 127.5]))], "ranged");
  graph.node("Sub", ["ranged", graph.floats("one", [], new Float32Array([1]))], FIRST);
  made.add(FIRST);

  const boxes: string[] = [];
  const scores: string[] = [];
  for (let level = 0; level < LEVELS; level++) {
    const box = make(`BoxPredictor_${level}/BoxEncodingPredictor/BiasAdd`);
    const score = make(`BoxPredictor_${level}/ClassPredictor/BiasAdd`);
    boxes.push(flatten(box, graph.integers("box shape", [0, -1, 4])));
    scores.push(flatten(score, graph.integers("score shape", [0, -1])));
  }
  graph.node("Concat", scores, "logits", { axis: 1 });
  graph.node("Sigmoid", ["logits"], "scores");
  graph.node("Concat", boxes, "encoded", { axis: 1 });
  decode();
  return graph.model({ name: "pictures", shape: ["n", 3, INPUT_SIDE, INPUT_SIDE] }, [
    { name: "boxes", shape: ["n", "anchors", 4] },
    { name: "scores", shape: ["n", "anchors"] },
  ]);

  function make(name: string): string {
    if (made.has(name)) return name;
    made.add(name);
    const node = nodes.get(name) ?? unexpected(`has no node ${name}`);
    const inputs = node.input ?? [];
    const constant = inputs.find((input) => source.weights.has(input));
    const flowing = inputs.filter((input) => !source.weights.has(input)).map(make);
    switch (node.op) {
      case "Conv2D":
      case "DepthwiseConv2dNative":
        return convolution(node, flowing[0] as string, constant as string);
      case "Relu6": {
        const limits = [
          graph.floats("zero", [], new Float32Array([0])),
          graph.floats("six", [], new Float32Array([6])),
        ];
        return graph.node("Clip", [flowing[0] as string, ...limits], name);
      }
      case "FusedBatchNorm":
        return normalisation(node, flowing[0] as string);
      case "Mul":
        return graph.node("Mul", [flowing[0] as string, perChannel(constant as string)], name);
      case "BiasAdd":
      case "Add":
      case "AddN":
        return sum(name, constant === undefined ? flowing : [...flowing, perChannel(constant)]);
      default:
        return unexpected(`has the operator ${node.op}`);
    }
  }

  function sum(name: string, terms: readonly string[]): string {
    let total = terms[0] as string;
    for (let i = 1; i < terms.length; i++)
      total = graph.node("Add", [total, terms[i] as string], i === terms.length - 1 ? name : `${name} ${i}`);
    return total;
  }

  /** Channels come last in the source and first in ONNX. The predictors of classes keep one row of each 91. */
  function convolution(node: SourceNode, input: string, weights: string): string {
    const { shape, values } = weight(weights);
    const [height, width, inputs, outputs] = shape as [number, number, number, number];
    const depthwise = node.op === "DepthwiseConv2dNative";
    const taps = height * width;
    const kept = depthwise ? [] : rowsKept(node.name, outputs);
    const filters = depthwise ? inputs : kept.length;
    const perFilter = depthwise ? 1 : inputs;
    const out = new Float32Array(filters * perFilter * taps);
    let at = 0;
    for (let filter = 0; filter < filters; filter++)
      for (let channel = 0; channel < perFilter; channel++)
        for (let tap = 0; tap < taps; tap++)
          out[at++] = depthwise
            ? (values[tap * inputs + filter] as number)
            : (values[(tap * inputs + channel) * outputs + (kept[filter] as number)] as number);
    const stride = Number(node.attr.strides?.list.i[1] ?? 1);
    return graph.node("Conv", [input, graph.floats(weights, [filters, perFilter, height, width], out)], node.name, {
      auto_pad: "SAME_UPPER",
      group: depthwise ? inputs : 1,
      kernel_shape: [height, width],
      strides: [stride, stride],
    });
  }

  function normalisation(node: SourceNode, input: string): string {
    const constants = (node.input ?? [])
      .slice(1)
      .map((name) => graph.floats(name, weight(name).shape, weight(name).values));
    return graph.node("BatchNormalization", [input, ...constants], node.name, { epsilon: { float: 0.001 } });
  }

  function perChannel(name: string): string {
    const { values } = weight(name);
    const kept = name.includes("ClassPredictor/biases") ? rowsKept(name, values.length) : null;
    const chosen = kept ? Float32Array.from(kept, (row) => values[row] as number) : values;
    return graph.floats(`${name} per channel`, [chosen.length, 1, 1], chosen);
  }

  function flatten(name: string, shape: string): string {
    graph.node("Transpose", [name], `${name} rows`, { perm: [0, 2, 3, 1] });
    return graph.node("Reshape", [`${name} rows`, shape], `${name} flat`);
  }

  /** Anchors are corners in the source; boxes are offsets from their centres, in parts of their sizes. */
  function decode(): void {
    const { shape, values: corners } = weight("Postprocessor/ExpandDims");
    const count = shape[1] ?? 0;
    const centres = new Float32Array(count * 2);
    const sizes = new Float32Array(count * 2);
    for (let i = 0; i < count; i++)
      for (let axis = 0; axis < 2; axis++) {
        const low = corners[i * 4 + axis] as number;
        const high = corners[i * 4 + axis + 2] as number;
        centres[i * 2 + axis] = (low + high) / 2;
        sizes[i * 2 + axis] = high - low;
      }
    const axis = graph.integers("axis", [2]);
    const [zero, two, four] = [0, 2, 4].map((n) => graph.integers(`at ${n}`, [n])) as [string, string, string];
    const anchors = (name: string, values: Float32Array) => graph.floats(name, [1, count, 2], values);
    graph.node("Slice", ["encoded", zero, two, axis], "moved");
    graph.node(
      "Mul",
      [
        "moved",
        anchors(
          "move scale",
          sizes.map((n) => n * CENTRE_SCALE),
        ),
      ],
      "move",
    );
    graph.node("Add", ["move", anchors("centres", centres)], "centre");
    graph.node("Slice", ["encoded", two, four, axis], "stretched");
    graph.node("Mul", ["stretched", graph.floats("size scale", [], new Float32Array([SIZE_SCALE]))], "stretch");
    graph.node("Exp", ["stretch"], "factor");
    graph.node(
      "Mul",
      [
        "factor",
        anchors(
          "half sizes",
          sizes.map((n) => n / 2),
        ),
      ],
      "half",
    );
    graph.node("Sub", ["centre", "half"], "low");
    graph.node("Add", ["centre", "half"], "high");
    graph.node("Concat", ["low", "high"], "boxes", { axis: 2 });
  }

  function weight(name: string): { readonly shape: readonly number[]; readonly values: Float32Array } {
    return source.weights.get(name) ?? unexpected(`has no weights ${name}`);
  }
}

function rowsKept(name: string, outputs: number): number[] {
  if (!name.includes("ClassPredictor/")) return Array.from({ length: outputs }, (_, row) => row);
  return Array.from({ length: outputs / CLASSES }, (_, box) => box * CLASSES + PERSON);
}

function unexpected(what: string): never {
  throw new OvertError("MODEL_UNEXPECTED", `The person detector's source model ${what}.`, {
    hint: "Install the exact package that package-lock.json names.",
  });
}
