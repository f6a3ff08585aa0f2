import { Button, Card, Text, TextInput, Title } from "@mantine/core";
import { startRegistration } from "@simplewebauthn/browser";
import { type Instant, instant } from "@overt/core";
import { IconKey } from "@tabler/icons-react";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { type FormEvent, useState } from "react";
import { z } from "zod";
import { call } from "../../ui/api.ts";
import { fill, t } from "../../ui/messages/format.ts";
import { ProblemText } from "../../ui/problem-text.tsx";
import { dateTimeText } from "../../ui/time.ts";
import { useZone } from "../../ui/use-zone.ts";
import { passkeyError } from "../session/passkey-error.ts";
import classes from "./account.module.css";

const When = z.number().transform((ms): Instant => instant(ms));
const List = z.object({
  passkeys: z.array(z.object({ id: z.string(), label: z.string(), createdAt: When, usedAt: When.nullable() })),
});
const KEY = ["passkeys"];

/** The passkeys of this account: see, add, remove. */
export function Passkeys() {
  const queries = useQueryClient();
  const { zone } = useZone();
  const [label, setLabel] = useState("");
  const list = useQuery({ queryKey: KEY, queryFn: () => call("GET", "/api/passkeys", { shape: List }) });
  const store = (now: z.infer<typeof List>): void => void queries.setQueryData(KEY, now);
  const add = useMutation({
    mutationFn: () => register(label),
    onSuccess: (now) => {
      store(now);
      setLabel("");
    },
  });
  const remove = useMutation({
    mutationFn: (id: string) => call("DELETE", `/api/passkeys/${encodeURIComponent(id)}`, { shape: List }),
    onSuccess: store,
  });
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    add.mutate();
  };
  const error = add.error ?? remove.error ?? list.error;
  return (
    <Card withBorder component="section" aria-label={t.account.passkeys}>
      <Title order={2} size="h5">
        {t.account.passkeys}
      </Title>
      <Text my="xs">{t.account.passkeysHint}</Text>
      <ul className={classes.list}>
        {list.data?.passkeys.map((passkey) => (
          <li key={passkey.id}>
            <span>
              {passkey.label}
              <small>
                {passkey.usedAt === null
                  ? t.account.neverUsed
                  : fill(t.account.usedAt, { time: dateTimeText(passkey.usedAt, zone) })}
              </small>
            </span>
            <Button
              variant="default"
              size="sm"
              aria-label={`${t.account.remove}: ${passkey.label}`}
              loading={remove.isPending && remove.variables === passkey.id}
              onClick={() => remove.mutate(passkey.id)}
            >
              {t.account.remove}
            </Button>
          </li>
        ))}
        {list.data?.passkeys.length === 0 && <li>{t.account.noPasskeys}</li>}
      </ul>
      <form onSubmit={submit} className={classes.form}>
        <TextInput
          label={t.account.label}
          placeholder={t.account.labelExample}
          required
          maxLength={60}
          value={label}
          onChange={(event) => setLabel(event.currentTarget.value)}
        />
        <Button type="submit" leftSection={<IconKey size={18} aria-hidden />} loading={add.isPending}>
          {t.account.add}
        </Button>
      </form>
      {error && <ProblemText error={error} />}
    </Card>
  );
}

type CreationOptions = Parameters<typeof startRegistration>[0]["optionsJSON"];

async function register(label: string): Promise<z.infer<typeof List>> {
  const optionsJSON = await call<CreationOptions>("POST", "/api/passkeys/options");
  const response = await startRegistration({ optionsJSON }).catch((thrown: unknown) => {
    throw passkeyError(thrown);
  });
  return call("POST", "/api/passkeys", { body: { label, response }, shape: List });
}
