import { Button, PasswordInput, Stack, TextInput } from "@mantine/core";
import { startAuthentication } from "@simplewebauthn/browser";
import { IconKey } from "@tabler/icons-react";
import { useMutation } from "@tanstack/react-query";
import { type FormEvent, useState } from "react";
import { call } from "../../ui/api.ts";
import { t } from "../../ui/messages/format.ts";
import { ProblemText } from "../../ui/problem-text.tsx";
import { passkeyError } from "./passkey-error.ts";
import { SessionCard } from "./session-card.tsx";

export function LoginPage({ onDone }: { onDone: () => void }) {
  const [name, setName] = useState("");
  const [password, setPassword] = useState("");
  const byPassword = useMutation({
    mutationFn: () => call("POST", "/api/login", { body: { name, password } }),
    onSuccess: onDone,
  });
  const byPasskey = useMutation({ mutationFn: logInByPasskey, onSuccess: onDone });
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    byPasskey.reset();
    byPassword.mutate();
  };
  const busy = byPassword.isPending || byPasskey.isPending;
  const error = byPassword.error ?? byPasskey.error;
  return (
    <SessionCard title={t.login.title}>
      <form onSubmit={submit}>
        <Stack>
          <TextInput
            label={t.login.name}
            autoComplete="username webauthn"
            required
            autoFocus
            value={name}
            onChange={(event) => setName(event.currentTarget.value)}
          />
          <PasswordInput
            label={t.login.password}
            autoComplete="current-password"
            required
            value={password}
            onChange={(event) => setPassword(event.currentTarget.value)}
          />
          <Button type="submit" loading={byPassword.isPending} disabled={busy}>
            {t.login.submit}
          </Button>
          <Button
            variant="default"
            leftSection={<IconKey size={18} aria-hidden />}
            loading={byPasskey.isPending}
            disabled={busy}
            onClick={() => {
              byPassword.reset();
              byPasskey.mutate();
            }}
          >
            {t.login.passkey}
          </Button>
          {error && <ProblemText error={error} />}
        </Stack>
      </form>
    </SessionCard>
  );
}

type PasskeyOptions = Parameters<typeof startAuthentication>[0]["optionsJSON"];

async function logInByPasskey(): Promise<void> {
  const optionsJSON = await call<PasskeyOptions>("POST", "/api/passkeys/login/options");
  const response = await startAuthentication({ optionsJSON }).catch((thrown: unknown) => {
    throw passkeyError(thrown);
  });
  await call("POST", "/api/passkeys/login", { body: { response } });
}
