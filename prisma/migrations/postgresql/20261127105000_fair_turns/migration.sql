-- AlterTable
ALTER TABLE "Delivery" ADD COLUMN "lane" TEXT;

-- CreateIndex
CREATE INDEX "Delivery_lane_dueAt_idx" ON "Delivery"("lane", "dueAt");

-- What waits is of the kind that it is, and the first of each target is the next one.
UPDATE "Delivery" SET "kind" = 'role' WHERE "state" = 'owed' AND "kind" = 'dm' AND "content" LIKE '{"kind":"role"%';
UPDATE "Delivery" SET "kind" = 'audit' WHERE "state" = 'owed' AND "kind" = 'channel' AND "content" LIKE '{"kind":"audit"%';
UPDATE "Delivery" SET "kind" = 'alert' WHERE "state" = 'owed' AND "kind" = 'channel' AND "content" LIKE '{"kind":"alert"%';
UPDATE "Delivery" SET "lane" = "kind" || ' ' || "guildId" WHERE "state" = 'owed' AND "sequence" = (
  SELECT MIN(d."sequence") FROM "Delivery" AS d
  WHERE d."state" = 'owed' AND d."guildId" = "Delivery"."guildId" AND d."kind" = "Delivery"."kind" AND d."sink" = "Delivery"."sink");
