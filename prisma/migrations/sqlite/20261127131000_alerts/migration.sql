-- CreateTable
CREATE TABLE "Post" (
    "guildId" TEXT NOT NULL,
    "id" TEXT NOT NULL,
    "topic" TEXT NOT NULL,
    "kind" TEXT NOT NULL,
    "state" TEXT NOT NULL,
    "sink" TEXT,
    "onRecord" BOOLEAN NOT NULL,
    "content" TEXT,
    "version" INTEGER NOT NULL,
    "shown" INTEGER NOT NULL DEFAULT 0,
    "channelId" TEXT,
    "messageId" TEXT,
    "deliveryId" TEXT,
    "dueAt" DATETIME,
    "openedAt" DATETIME NOT NULL,
    "closedAt" DATETIME,

    PRIMARY KEY ("guildId", "id"),
    CONSTRAINT "Post_guildId_fkey" FOREIGN KEY ("guildId") REFERENCES "Guild" ("id") ON DELETE CASCADE ON UPDATE CASCADE
);

-- CreateIndex
CREATE INDEX "Post_guildId_topic_idx" ON "Post"("guildId", "topic");

-- CreateIndex
CREATE INDEX "Post_dueAt_guildId_idx" ON "Post"("dueAt", "guildId");
