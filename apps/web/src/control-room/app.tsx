import { Center, Loader } from "@mantine/core";
import { useQueryClient } from "@tanstack/react-query";
import { RouterProvider } from "@tanstack/react-router";
import { useCallback, useEffect, useState } from "react";
import { Centre } from "../ui/centre/centre.ts";
import { CentreContext } from "../ui/centre/react.ts";
import { readablePx, useDisplay } from "../ui/display.ts";
import { t } from "../ui/messages/format.ts";
import { ProblemText } from "../ui/problem-text.tsx";
import { router } from "./router.tsx";
import { LoginPage } from "./session/login-page.tsx";
import { isLoggedOut, useMe } from "./session/me.ts";
import { SetupPage } from "./session/setup-page.tsx";

/** Who is there decides what is shown: set-up, log-in, or the control room with its one socket. */
export function App() {
  const queries = useQueryClient();
  const [isSetUp, setSetUp] = useState(location.pathname === "/setup");
  const again = (): Promise<void> => queries.resetQueries({ queryKey: ["me"] });
  useReadableText();
  if (!isSetUp) return <Entrance onAgain={() => void again()} />;
  return (
    <SetupPage
      token={location.hash.slice(1)}
      onDone={() => {
        history.replaceState(null, "", "/");
        setSetUp(false);
        void again();
      }}
    />
  );
}

function Entrance({ onAgain }: { onAgain: () => void }) {
  const me = useMe();
  const { refetch } = me;
  const ended = useCallback(() => void refetch(), [refetch]);
  // The refusal first: what was known of a session that has ended does not count.
  if (isLoggedOut(me.error)) return <LoginPage onDone={onAgain} />;
  if (me.data) return <LoggedIn onEnded={ended} />;
  return (
    <Center component="main" h="100dvh" p="md">
      {me.isPending ? <Loader aria-label={t.link.connecting} /> : <ProblemText error={me.error} />}
    </Center>
  );
}

function LoggedIn({ onEnded }: { onEnded: () => void }) {
  const [centre, setCentre] = useState<Centre | null>(null);
  useEffect(() => {
    const made = new Centre(`${location.protocol.replace("http", "ws")}//${location.host}/api/socket`);
    // A session that ended shows the log-in form instead of a line that never comes back.
    const stop = made.subscribe(() => {
      const { link } = made.view();
      if (link.state === "lost" && /^(SESSION_ENDED|NOT_LOGGED_IN)$/.test(link.problem?.code ?? "")) onEnded();
    });
    setCentre(made);
    return () => {
      stop();
      made.close();
    };
  }, [onEnded]);
  if (!centre) return null;
  return (
    <CentreContext value={centre}>
      <RouterProvider router={router} />
    </CentreContext>
  );
}

function useReadableText(): void {
  const [display] = useDisplay();
  useEffect(() => {
    document.documentElement.style.setProperty("--readable", `${readablePx(display)}px`);
  }, [display]);
}
