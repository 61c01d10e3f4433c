-- AlterTable
ALTER TABLE "Account" ADD COLUMN     "deleteAt" TIMESTAMP(3),
ADD COLUMN     "mayLose" BOOLEAN NOT NULL DEFAULT false,
ADD COLUMN     "writtenAt" TIMESTAMP(3);

-- AlterTable
ALTER TABLE "AccountLibrary" ADD COLUMN     "leaving" BOOLEAN NOT NULL DEFAULT false,
ADD COLUMN     "unsure" BOOLEAN NOT NULL DEFAULT false;

-- AlterTable
ALTER TABLE "JobRun" ALTER COLUMN "finishedAt" SET NOT NULL,
ALTER COLUMN "outcome" SET NOT NULL,
ALTER COLUMN "detail" SET NOT NULL;

-- AlterTable
ALTER TABLE "Library" ADD COLUMN     "missingSince" TIMESTAMP(3);

-- AlterTable
ALTER TABLE "Server" ADD COLUMN     "certificate" TEXT;

-- CreateTable
CREATE TABLE "HeldRun" (
    "guildId" TEXT NOT NULL,
    "id" TEXT NOT NULL,
    "serverId" TEXT NOT NULL,
    "accountIds" TEXT NOT NULL,
    "detail" TEXT NOT NULL,
    "state" TEXT NOT NULL DEFAULT 'held',
    "decidedById" TEXT,
    "decidedAt" TIMESTAMP(3),
    "createdAt" TIMESTAMP(3) NOT NULL,

    CONSTRAINT "HeldRun_pkey" PRIMARY KEY ("guildId","id")
);

-- CreateIndex
CREATE INDEX "HeldRun_guildId_state_idx" ON "HeldRun"("guildId", "state");

-- CreateIndex
CREATE INDEX "HeldRun_guildId_serverId_state_idx" ON "HeldRun"("guildId", "serverId", "state");

-- CreateIndex
CREATE INDEX "Account_guildId_serverId_dueAt_idx" ON "Account"("guildId", "serverId", "dueAt");

-- CreateIndex
CREATE INDEX "Account_deleteAt_guildId_idx" ON "Account"("deleteAt", "guildId");

-- CreateIndex
CREATE INDEX "Account_guildId_deleteAt_idx" ON "Account"("guildId", "deleteAt");

-- AddForeignKey
ALTER TABLE "HeldRun" ADD CONSTRAINT "HeldRun_guildId_fkey" FOREIGN KEY ("guildId") REFERENCES "Guild"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "HeldRun" ADD CONSTRAINT "HeldRun_guildId_serverId_fkey" FOREIGN KEY ("guildId", "serverId") REFERENCES "Server"("guildId", "id") ON DELETE CASCADE ON UPDATE CASCADE;
