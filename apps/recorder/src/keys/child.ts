import { parentPeer } from "../process/child.ts";
import { decodeBatch, encodePrepared } from "./batch.ts";
import { prepareBatch } from "./prepare.ts";

/** The key child: one batch, one answer, and the parent ends the process before it uses what it got. */
const peer = parentPeer();
peer.onFrame(async (question) => {
  try {
    const batch = decodeBatch(question.head, question.body);
    const { head, body } = encodePrepared(await prepareBatch(batch), batch.transportKey);
    peer.answer(question, head, body);
  } catch (thrown) {
    peer.refuse(question, thrown);
  } finally {
    question.body.fill(0);
  }
});
