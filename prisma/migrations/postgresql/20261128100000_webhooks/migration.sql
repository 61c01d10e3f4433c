-- CreateTable
CREATE TABLE "Webhook" (
    "guildId" TEXT NOT NULL,
    "id" TEXT NOT NULL,
    "name" TEXT NOT NULL,
    "urlCipher" TEXT NOT NULL,
    "secretCipher" TEXT NOT NULL,
    "formerCipher" TEXT,
    "formerUntil" TIMESTAMP(3),
    "events" TEXT NOT NULL,
    "sentNumber" INTEGER NOT NULL,
    "dueAt" TIMESTAMP(3),
    "attempts" INTEGER NOT NULL DEFAULT 0,
    "failingSince" TIMESTAMP(3),
    "answeredAt" TIMESTAMP(3),
    "status" INTEGER,
    "trouble" TEXT,
    "createdAt" TIMESTAMP(3) NOT NULL,

    CONSTRAINT "Webhook_pkey" PRIMARY KEY ("guildId","id")
);

-- CreateIndex
CREATE INDEX "Webhook_dueAt_idx" ON "Webhook"("dueAt");

-- AddForeignKey
ALTER TABLE "Webhook" ADD CONSTRAINT "Webhook_guildId_fkey" FOREIGN KEY ("guildId") REFERENCES "Guild"("id") ON DELETE CASCADE ON UPDATE CASCADE;
