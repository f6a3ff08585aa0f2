import { checkFigure } from "./network-error.ts";

/** Power over Ethernet, by IEEE 802.3: what a port must give so that the device gets its own at 100 m. */
export const POE_CLASSES = [
  { name: "802.3af", portW: 15.4, deviceW: 12.95 },
  { name: "802.3at", portW: 30, deviceW: 25.5 },
  { name: "802.3bt type 3", portW: 60, deviceW: 51 },
  { name: "802.3bt type 4", portW: 90, deviceW: 71.3 },
] as const;
export type PoeClass = (typeof POE_CLASSES)[number]["name"];

export interface Switch {
  readonly id: string;
  readonly ports: number;
  /** Of them, for other switches and the recorder. */
  readonly uplinks: number;
  readonly poePorts: number;
  readonly poeClass: PoeClass;
  /** Of all its ports together. */
  readonly budgetW: number;
}

export interface PoweredDevice {
  readonly name: string;
  /** At its worst: infrared, heater and motors on. 0: it has power of its own. */
  readonly worstW: number;
}

export type SwitchFinding =
  | { readonly code: "PORTS_TOO_FEW"; readonly switch: string; readonly needed: number; readonly ports: number }
  | { readonly code: "POE_PORTS_TOO_FEW"; readonly switch: string; readonly needed: number; readonly ports: number }
  | {
      readonly code: "POE_PORT_TOO_WEAK";
      readonly switch: string;
      readonly device: string;
      readonly needed: PoeClass | null;
    }
  | {
      readonly code: "POE_BUDGET_EXCEEDED";
      readonly switch: string;
      readonly neededW: number;
      readonly budgetW: number;
    };

export interface SwitchCheck {
  readonly portsUsed: number;
  /** At the ports, at worst: devices' draws and their cables'. */
  readonly poeW: number;
  readonly findings: readonly SwitchFinding[];
}

/** @throws OvertError `NETWORK_FIGURE_INVALID` */
export function checkSwitch(sw: Switch, devices: readonly PoweredDevice[]): SwitchCheck {
  for (const { name, worstW } of devices) checkFigure(`The watts of "${name}"`, worstW);
  const powered = devices.filter(({ worstW }) => worstW > 0);
  const portsUsed = devices.length + sw.uplinks;
  const poeW = powered.reduce((sum, { worstW }) => sum + atPort(worstW), 0);
  const own = POE_CLASSES.find(({ name }) => name === sw.poeClass)!;
  const weak = powered.filter(({ worstW }) => worstW > own.deviceW);
  const findings: SwitchFinding[] = [
    ...(portsUsed > sw.ports
      ? [{ code: "PORTS_TOO_FEW" as const, switch: sw.id, needed: portsUsed, ports: sw.ports }]
      : []),
    ...(powered.length > sw.poePorts
      ? [{ code: "POE_PORTS_TOO_FEW" as const, switch: sw.id, needed: powered.length, ports: sw.poePorts }]
      : []),
    ...weak.map(({ name, worstW }) => ({
      code: "POE_PORT_TOO_WEAK" as const,
      switch: sw.id,
      device: name,
      needed: classOf(worstW)?.name ?? null,
    })),
    ...(poeW > sw.budgetW
      ? [{ code: "POE_BUDGET_EXCEEDED" as const, switch: sw.id, neededW: poeW, budgetW: sw.budgetW }]
      : []),
  ];
  return { portsUsed, poeW, findings };
}

/** The least class that feeds a device; null: none does. */
export const classOf = (worstW: number) => POE_CLASSES.find(({ deviceW }) => worstW <= deviceW) ?? null;

/** What a port gives for it: the cable takes the share that the standard allows it. */
function atPort(worstW: number): number {
  const found = classOf(worstW) ?? POE_CLASSES.at(-1)!;
  return (worstW * found.portW) / found.deviceW;
}
