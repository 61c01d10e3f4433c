-- AlterTable
ALTER TABLE "Account" ADD COLUMN "doubtSince" TIMESTAMP(3);
ALTER TABLE "Account" ADD COLUMN "lookAt" TIMESTAMP(3);
ALTER TABLE "Account" ADD COLUMN "endedAt" TIMESTAMP(3);

-- AlterTable
ALTER TABLE "AccountLibrary" ADD COLUMN "ended" BOOLEAN NOT NULL DEFAULT false;
ALTER TABLE "AccountLibrary" ADD COLUMN "elsewhere" BOOLEAN NOT NULL DEFAULT false;

-- CreateIndex
CREATE INDEX "Account_lookAt_guildId_idx" ON "Account"("lookAt", "guildId");

-- CreateIndex
CREATE INDEX "Account_guildId_lookAt_idx" ON "Account"("guildId", "lookAt");

-- CreateIndex
CREATE INDEX "Server_identity_idx" ON "Server"("identity");
